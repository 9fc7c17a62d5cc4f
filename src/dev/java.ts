// Finds the Java that runs the local Kafka broker: JAVA_HOME first, then the search path.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MillraceError } from '../errors.ts';

const LEAST_VERSION = 17;

/** Said with every way in which a local broker can be missing. */
export const WAYS_ON =
  'install a JDK 17 with Maven, or run `docker compose up`, or set KAFKA_BROKERS to a broker of yours';

/** The path or name of a `java` that Kafka can run on. */
export function findJava(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['JAVA_HOME'];
  const candidates = home === undefined || home === '' ? ['java'] : [join(home, 'bin', 'java'), 'java'];
  let newest: number | undefined;
  for (const java of candidates) {
    const version = javaVersion(java, env);
    if (version !== undefined && version >= LEAST_VERSION) return java;
    if (version !== undefined) newest = Math.max(newest ?? 0, version);
  }
  if (newest === undefined) {
    throw new MillraceError({
      code: 'NO_JDK',
      message: 'no Java was found (looked at JAVA_HOME and the search path); the local Kafka broker needs it',
      hint: WAYS_ON,
    });
  }
  throw new MillraceError({
    code: 'JDK_TOO_OLD',
    message: `the Java found is version ${newest}; the local Kafka broker needs ${LEAST_VERSION} or newer`,
    hint: WAYS_ON,
  });
}

/** `version "17.0.15"` or, up to 8, `version "1.8.0_292"`; it goes to stderr. */
function javaVersion(java: string, env: NodeJS.ProcessEnv): number | undefined {
  const { status, stderr } = spawnSync(java, ['-version'], { env, encoding: 'utf8', timeout: 15_000 });
  if (status !== 0) return undefined;
  const match = /version "(\d+)(?:\.(\d+))?/.exec(stderr);
  if (match === null) return undefined;
  return match[1] === '1' ? Number(match[2]) : Number(match[1]);
}
