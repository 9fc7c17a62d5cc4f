// Files that submitted SQL may name lie below one configured folder, and nowhere else: no "..", no absolute paths, no symbolic links
// that lead out of it.

import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MillraceError } from '../../errors.ts';

function refused(path: string, why: string): MillraceError {
  return new MillraceError({
    code: 'FILE_NOT_ALLOWED',
    message: `the path ${JSON.stringify(path)} ${why}`,
    hint: 'give a path relative to the folder for files that the configuration names',
  });
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function check(path: string): void {
  if (path === '' || path.includes('\0')) throw refused(path, 'is not a path');
  if (isAbsolute(path)) throw refused(path, 'is absolute');
  if (path.split(/[\\/]/).includes('..')) throw refused(path, 'leads out of its folder');
}

async function realRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (cause) {
    throw new MillraceError({
      code: 'FILE_ROOT_MISSING',
      message: `the folder for files, ${root}, cannot be used`,
      hint: 'create it, or configure another one',
      cause,
    });
  }
}

/** The real path of an existing file or folder below `root`. */
export async function existingBelow(root: string, path: string): Promise<string> {
  check(path);
  const top = await realRoot(root);
  let real: string;
  try {
    real = await realpath(join(top, path));
  } catch (cause) {
    const hint = 'the path is relative to the folder for files';
    throw new MillraceError({ code: 'FILE_NOT_FOUND', message: `there is no file ${path}`, hint, cause });
  }
  if (!isBelow(top, real)) throw refused(path, 'leads out of its folder');
  return real;
}

/** A path below `root` for a file that may have to be made; folders on the way are made. */
export async function writableBelow(root: string, path: string): Promise<string> {
  check(path);
  const top = await realRoot(root);
  const wanted = resolve(top, path);
  if (wanted === top || /[\\/]$/.test(path)) throw refused(path, 'names a folder');
  await makeFolders(top, dirname(wanted), path);
  const target = join(await realpath(dirname(wanted)), basename(wanted));
  const existing = await stat(target).catch(() => undefined);
  if (existing === undefined) return target;
  if (!existing.isFile()) throw refused(path, 'is not a file');
  const real = await realpath(target);
  if (!isBelow(top, real)) throw refused(path, 'leads out of its folder');
  return real;
}

/** Whether `writableBelow` would take the path as things are; nothing is made. */
export async function checkWritableBelow(root: string, path: string): Promise<void> {
  check(path);
  const top = await realRoot(root);
  const wanted = resolve(top, path);
  if (wanted === top || /[\\/]$/.test(path)) throw refused(path, 'names a folder');
  for (let at = wanted; at !== top; at = dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real === null) continue;
    if (!isBelow(top, real)) throw refused(path, 'leads out of its folder');
    return;
  }
}

/** Makes the folders from `top` down to `folder`, one by one, so that no link on the way is followed out. */
async function makeFolders(top: string, folder: string, path: string): Promise<void> {
  let at = top;
  for (const name of relative(top, folder).split(sep).filter(Boolean)) {
    await mkdir(join(at, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    at = await realpath(join(at, name));
    if (!isBelow(top, at)) throw refused(path, 'leads out of its folder');
  }
}
