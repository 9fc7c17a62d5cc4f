// Where files fetched or copied once per user live (Kafka's jars, a copy of Postgres's binaries), shared by all checkouts.

import { accessSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The user's cache folder, or one in the state folder where the home folder is not writable. */
export function cacheFolder(stateDir: string, env: NodeJS.ProcessEnv = process.env): string {
  const set = env['MILLRACE_CACHE_DIR'];
  if (set !== undefined && set !== '') return set;
  const base = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(base, 'millrace');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return join(stateDir, 'cache');
  }
}

/**
 * Makes `target` by filling a folder beside it and renaming that, so that a folder of this name is always whole. Of two processes
 * that fill at the same time the first wins and the other uses its result.
 */
export async function makeFolderOnce(
  target: string,
  fill: (folder: string) => Promise<void> | void,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    await fill(temporary);
    renameSync(temporary, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
