// A process of its own that starts local servers as the service does, for tests that kill it: prints one line of JSON when the
// servers are up, then waits. Arguments: the state folder, and what to start (lock, postgres, kafka).

import { startLocalKafka } from '../../src/dev/kafka.ts';
import { startLocalPostgres } from '../../src/dev/postgres.ts';
import { lockStateDir } from '../../src/dev/state-dir.ts';
import { renderError } from '../../src/errors.ts';

const [stateDir = '', ...wanted] = process.argv.slice(2);
const quiet = (): void => undefined;

try {
  if (wanted.includes('lock')) {
    const lock = lockStateDir(stateDir);
    process.once('SIGTERM', () => {
      lock.release();
      process.exit(0);
    });
  }
  const [postgres, kafka] = await Promise.all([
    wanted.includes('postgres') ? startLocalPostgres({ stateDir, log: quiet }) : undefined,
    wanted.includes('kafka') ? startLocalKafka({ stateDir, heap: 'dev', log: quiet }) : undefined,
  ]);
  console.log(
    JSON.stringify({
      postgres: postgres?.pid,
      kafka: kafka?.pid,
      url: postgres?.url,
      brokers: kafka?.brokers,
    }),
  );
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(JSON.stringify({ error: renderError(error) }));
  process.exitCode = 1;
}
