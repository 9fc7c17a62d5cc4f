// Postgres refuses to run as root, so root starts it as another user: the owner of an existing data folder, else `nobody`. That
// user must be able to walk to the files; where a folder on the way is closed (a checkout under a mode-700 home), they go to a
// fallback folder that we name.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { MillraceError } from '../errors.ts';
import type { UserIds } from './tied-child.ts';

/** Root's places for files which the unprivileged user must reach, best first: the first survives a reboot everywhere. */
const FALLBACK_FOLDERS = ['/var/lib/millrace', '/opt/millrace', '/var/tmp/millrace-root'];

/** Undefined: run as ourselves. */
export function unprivilegedUser(dataDir: string): UserIds | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(dataDir)) {
    const owner = statSync(dataDir);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  return nobody();
}

function nobody(): UserIds {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (line === null) {
    throw new MillraceError({
      code: 'NO_UNPRIVILEGED_USER',
      message: 'Postgres refuses to run as root, and this system has no user `nobody`',
      hint: 'run as an ordinary user, or set DATABASE_URL to a Postgres of yours',
    });
  }
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** Asked by doing it, as that user: modes, ACLs and mounts all have a say. */
export function canEnter(user: UserIds | undefined, folder: string): boolean {
  if (user === undefined) return true;
  const options = { ...user, cwd: '/', stdio: 'ignore' } as const;
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], options).status === 0;
}

/** A folder of root's own that `user` can reach. It is never one that another user could have put there first. */
export function fallbackFolder(user: UserIds): string {
  for (const folder of FALLBACK_FOLDERS) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const found = statSync(folder);
      if (found.uid === 0 && (found.mode & 0o022) === 0 && canEnter(user, folder)) return folder;
    } catch {
      // Read-only or missing parent: the next one.
    }
  }
  throw new MillraceError({
    code: 'NO_FALLBACK_FOLDER',
    message: `no folder that user ${user.uid} can reach: tried ${FALLBACK_FOLDERS.join(', ')}`,
    hint: 'run as an ordinary user, or set DATABASE_URL to a Postgres of yours',
  });
}
