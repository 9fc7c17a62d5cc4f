// A process that runs the engine until it is killed: `node service-process.ts <database> <brokers>`.

import { openEngine } from '../../src/cli/open-engine.ts';
import { readConfig } from '../../src/config.ts';

const [url, brokers] = process.argv.slice(2);
const config = readConfig({ MILLRACE_CHECKPOINT_INTERVAL_MS: '50', MILLRACE_QUERIES: 'none' });
await openEngine(config, url!, brokers!.split(','), () => undefined);
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
