// Files that `properties.ssl.*.location` names: below one configured folder and nowhere else, because whoever may submit SQL names
// them, and an error of TLS may tell something of what is in them.

import { readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { MillraceError } from '../errors.ts';

/** `path` is absolute or relative to `root`; null: no folder is configured. */
export function readPemFile(option: string, path: string, root: string | null): string {
  if (root === null)
    throw new MillraceError({
      code: 'TLS_FILES_NOT_ALLOWED',
      message: `properties.${option} names a file, and this installation has no folder for certificates`,
      hint: 'start the service with MILLRACE_TLS_ROOT=<folder>; PEM files below it can then be named',
    });
  let real: string;
  try {
    const top = realpathSync(root);
    real = realpathSync(resolve(top, path));
    if (isBelow(top, real)) return readFileSync(real, 'utf8');
  } catch (cause) {
    throw invalid(option, path, 'cannot be read', cause);
  }
  throw invalid(option, path, 'leads out of the folder for certificates', undefined);
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function invalid(option: string, path: string, why: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'INVALID_OPTION',
    message: `properties.${option}: "${path}" ${why}`,
    hint: 'name a PEM file below MILLRACE_TLS_ROOT',
    ...(cause === undefined ? {} : { cause }),
  });
}
