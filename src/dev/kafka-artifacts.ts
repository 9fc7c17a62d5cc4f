// Fetches the jars of Apache Kafka by the Maven client, as `pom.xml` lists them, once per user and version of that list.

import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { MillraceError } from '../errors.ts';
import { cacheFolder, makeFolderOnce } from './cache-folder.ts';
import { readJson } from './files.ts';
import { WAYS_ON } from './java.ts';
import { runCommand, type Outcome } from './run-command.ts';

const POM = join(import.meta.dirname, '..', '..', 'pom.xml');

/** Names and sizes of the jars, written last: a folder without it, or unlike it, is fetched again. */
const LIST = 'jars.json';

const FETCH_WITHIN_MS = 10 * 60_000;

/** The folder of the jars. */
export async function kafkaJars(
  stateDir: string,
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const pom = readFileSync(POM);
  const name = `kafka-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`;
  const cache = cacheFolder(stateDir, env);
  const folder = join(cache, name);
  if (isWhole(folder)) return folder;
  rmSync(folder, { recursive: true, force: true });
  log('fetching Apache Kafka by Maven (once for this user; about 45 MB)');
  await makeFolderOnce(folder, async (temporary) => {
    await copyDependencies(temporary, env, cache);
    writeFileSync(join(temporary, LIST), JSON.stringify(jarSizes(temporary)));
  });
  return folder;
}

function isWhole(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const listed = readJson(join(folder, LIST));
  return listed !== undefined && JSON.stringify(listed) === JSON.stringify(jarSizes(folder));
}

function jarSizes(folder: string): Readonly<Record<string, number>> {
  const jars = readdirSync(folder).filter((name) => name.endsWith('.jar'));
  return Object.fromEntries(jars.sort().map((name) => [name, statSync(join(folder, name)).size]));
}

async function copyDependencies(folder: string, env: NodeJS.ProcessEnv, cache: string): Promise<void> {
  const args = ['--quiet', '--batch-mode', '--file', POM, 'dependency:copy-dependencies'];
  const target = ['-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const outcome = await runMaven([...args, ...target, ...ownRepository(cache)], env);
  if (outcome.code === 0) return;
  throw new MillraceError({
    code: 'KAFKA_ARTIFACTS_UNREACHABLE',
    domain: 'external',
    message: `Maven could not fetch Apache Kafka: ${firstError(outcome.output)}`,
    hint: WAYS_ON,
    retryable: true,
  });
}

/** Maven keeps its files in the home folder of the user database, whatever HOME says; a user without one gets another place. */
function ownRepository(cache: string): readonly string[] {
  try {
    accessSync(userInfo().homedir, constants.W_OK);
    return [];
  } catch {
    return [`-Dmaven.repo.local=${join(cache, 'maven')}`];
  }
}

/** An interrupted fetch leaves a temporary folder, never a half cache. */
async function runMaven(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  try {
    return await runCommand('mvn', args, { env, timeoutMs: FETCH_WITHIN_MS });
  } catch (cause) {
    throw new MillraceError({
      code: 'NO_MAVEN',
      message: 'the Maven client `mvn` was not found; it fetches the local Kafka broker',
      hint: WAYS_ON,
      cause,
    });
  }
}

function firstError(output: string): string {
  const line = output.split('\n').find((text) => text.includes('[ERROR]')) ?? output.trim();
  return line.replace(/^.*\[ERROR\]\s*/, '').slice(0, 400);
}
