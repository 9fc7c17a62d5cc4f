// npm run fuzz [seed]: hunts until something is wrong or the process is ended, on a Postgres of its own.

import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '../../src/dev/postgres.ts';
import { emptyBag, hunt, summary } from './hunt.ts';
import { Judge } from './judge.ts';
import { store } from './regressions.ts';

const SHRINK_MS = 120_000;
const TELL_EVERY_MS = 10_000;

const stateDir = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'));
chmodSync(stateDir, 0o755); // Root runs Postgres as another user, who must be able to walk in.
const server = await startLocalPostgres({ stateDir, log: () => undefined });
const judge = await Judge.open(server.url);
const firstSeed = Number(process.argv[2] ?? Math.floor(Math.random() * 1e9));
console.log(`from seed ${firstSeed}`);
const bag = emptyBag();
const telling = setInterval(() => console.log(summary(bag)), TELL_EVERY_MS);
let stopped = false;
process.once('SIGINT', () => (stopped = true));
const caught = await hunt({ firstSeed, until: () => stopped, shrinkMs: SHRINK_MS }, judge, bag);
clearInterval(telling);
console.log(summary(bag));
for (const [message, n] of bag.refused) console.log(`refused ${n} times: ${message}`);
if (caught !== null) {
  console.log(`seed ${caught.seed} ${caught.wrong.way}\n${caught.wrong.detail}\n${caught.script.query}`);
  console.log(`kept as ${store(caught)}`);
}
await judge.close();
await server.stop();
rmSync(stateDir, { recursive: true, force: true });
process.exitCode = caught === null ? 0 : 1;
