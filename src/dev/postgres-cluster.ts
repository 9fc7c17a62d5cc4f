// Making a Postgres data folder: built beside its place and renamed when whole, so that a crash in the middle leaves nothing that
// looks like a database. Users and the database are made in Postgres's single-user mode, before anything listens.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MillraceError } from '../errors.ts';
import { replaceFile } from './files.ts';
import { runCommand, type Outcome } from './run-command.ts';
import type { UserIds } from './tied-child.ts';

export const SUPERUSER = 'millrace';
export const DATABASE = 'millrace';

export interface Cluster {
  readonly home: string;
  readonly dataDir: string;
  readonly user: UserIds | undefined;
}

/** Passwords over the network, whoever else is on this machine; there is no Unix socket to ask about. */
const ACCESS_RULES = `# Written by Millrace.
host all all 127.0.0.1/32 scram-sha-256
`;

/** The order of text and the case rules are those of Postgres's own C.UTF-8, the same on every system. */
const INITDB_ARGS = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--auth=trust',
  `--username=${SUPERUSER}`,
  '--set=timezone=UTC',
  '--set=log_timezone=UTC',
  '--set=max_connections=200',
  '--set=max_wal_size=2GB',
  '--set=lc_messages=C',
];

export async function makeCluster({ home, dataDir, user }: Cluster): Promise<void> {
  const building = `${dataDir}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(building, { mode: 0o700 });
  if (user !== undefined) chownSync(building, user.uid, user.gid);
  await initialise({ home, dataDir: building, user });
  writeFileSync(join(building, 'pg_hba.conf'), ACCESS_RULES);
  await runStatements({ home, dataDir: building, user }, [
    `CREATE DATABASE ${DATABASE}`,
    // The role is called like our catalog schema, which "$user" in the default path would put before the user's own.
    `ALTER ROLE ${SUPERUSER} SET search_path = public`,
  ]);
  renameSync(building, dataDir);
}

/** Not every system has a locale of this name for the C library's part (messages, numbers); `C` is everywhere. */
async function initialise(cluster: Cluster): Promise<void> {
  const command = join(cluster.home, 'bin', 'initdb');
  for (const locale of ['C.UTF-8', 'C']) {
    const args = [`--pgdata=${cluster.dataDir}`, `--locale=${locale}`, ...INITDB_ARGS];
    const { code, output } = await run(command, args, cluster.user, '');
    if (code === 0) return;
    if (!output.includes('invalid locale')) throw failed('initdb failed', output);
  }
  throw failed('initdb failed', 'no usable locale');
}

/**
 * The superuser's password, kept in the state folder in the format of psql's PGPASSFILE. When the file is missing (first start, or
 * deleted) a new password is set; it is written after it holds, so a crash between the two only sets another.
 */
export async function ensurePassword(cluster: Cluster, file: string, port: number): Promise<string> {
  const password = readPassword(file) ?? randomBytes(24).toString('hex');
  if (readPassword(file) === undefined) {
    await runStatements(cluster, [`ALTER ROLE ${SUPERUSER} PASSWORD '${password}'`]);
  }
  replaceFile(file, `127.0.0.1:${port}:*:${SUPERUSER}:${password}\n`, 0o600);
  return password;
}

function readPassword(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return new RegExp(`:${SUPERUSER}:([0-9a-f]{48})$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
}

/** Single-user mode answers 0 whatever happens, so its words decide. */
async function runStatements(cluster: Cluster, statements: readonly string[]): Promise<void> {
  const args = ['--single', '-D', cluster.dataDir, '-c', 'log_min_error_statement=panic', 'postgres'];
  const command = join(cluster.home, 'bin', 'postgres');
  const { code, output } = await run(command, args, cluster.user, `${statements.join('\n')}\n`);
  if (code !== 0 || /\b(ERROR|FATAL|PANIC):/.test(output))
    throw failed('the database could not be prepared', output);
}

function run(
  command: string,
  args: readonly string[],
  user: UserIds | undefined,
  input: string,
): Promise<Outcome> {
  return runCommand(command, args, { env: { PATH: process.env['PATH'], LC_ALL: 'C' }, user, input });
}

function failed(what: string, output: string): MillraceError {
  return new MillraceError({
    code: 'LOCAL_POSTGRES_FAILED',
    domain: 'external',
    message: `${what}: ${output.trim().split('\n').slice(-6).join('\n')}`,
    hint: 'set DATABASE_URL to a Postgres of yours to do without the built-in one',
  });
}
