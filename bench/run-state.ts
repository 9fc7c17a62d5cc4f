// One case of state-times.ts in a process of its own: node bench/run-state.ts <name> <keys>

import { measureState } from './state-times.ts';

const [name = '', keys = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(measureState(name, Number(keys)))}\n`);
