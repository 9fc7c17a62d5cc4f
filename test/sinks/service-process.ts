// A process that runs the engine until it is killed: `node service-process.ts <database> <brokers> <settings as JSON>`.

import { openEngine } from '../../src/cli/open-engine.ts';
import { readConfig } from '../../src/config.ts';

const [url, brokers, settings] = process.argv.slice(2);
const config = readConfig({
  MILLRACE_CHECKPOINT_INTERVAL_MS: '50',
  MILLRACE_QUERIES: 'none',
  ...(JSON.parse(settings ?? '{}') as Record<string, string>),
});
const addresses = brokers!.split(',').filter((broker) => broker !== '');
await openEngine(config, url!, addresses, () => undefined);
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
