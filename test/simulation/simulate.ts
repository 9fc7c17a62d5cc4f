// One simulated run: processes that die, stall and overtake one another, until the input is finished.

import { MillraceError } from '../../src/errors.ts';
import { makeInput } from './counting-input.ts';
import { runPipeline } from './counting-pipeline.ts';
import type { DurableState } from './durable-state.ts';
import { checkAcknowledged, checkDurable, checkFinished } from './durable-state.ts';
import { seeded } from './random.ts';
import type { Faults } from './simulated-port.ts';
import { SimulatedPort } from './simulated-port.ts';
import type { Sabotage } from './simulated-postgres.ts';
import { SimulatedPostgres } from './simulated-postgres.ts';
import { VirtualTime } from './virtual-time.ts';

const PARTITIONS = 2;
const RECORDS = 40;
const FAULTS = 14;
const LIMIT_MS = 3_600_000;

export interface RunReport {
  readonly epochs: number;
  readonly processes: number;
  readonly fenced: number;
  readonly faults: number;
  readonly points: ReadonlySet<string>;
}

/** Throws when anything that must be true was not, at any commit or at the end. */
export async function simulate(seed: number, sabotage: Sabotage = 'none'): Promise<RunReport> {
  const random = seeded(seed);
  const input = makeInput(random, PARTITIONS, RECORDS);
  const time = new VirtualTime();
  const faults: Faults = { left: FAULTS, points: new Set() };
  const acknowledged = new Map<number, number>();
  const problems: Error[] = [];
  const note = (error: unknown): void => {
    problems.push(error instanceof Error ? error : new Error(String(error)));
  };
  let last = { epoch: 0, offsets: Array.from({ length: PARTITIONS }, () => 0) as readonly number[] };
  const check = (state: DurableState): void => {
    try {
      checkDurable(state, input);
      if (state.epoch !== last.epoch + 1)
        note(new Error(`epoch ${state.epoch} committed after ${last.epoch}`));
      if (state.offsets.some((offset, p) => offset < last.offsets[p]!))
        note(new Error('an offset went back'));
    } catch (error) {
      note(error);
    }
    last = { epoch: state.epoch, offsets: state.offsets };
  };
  const db = new SimulatedPostgres(time, sabotage, PARTITIONS, check);

  let tokens = 0;
  let processes = 0;
  let living = 0;
  let fenced = 0;

  const start = (): void => {
    processes++;
    living++;
    let ended = false;
    const end = (): void => {
      if (!ended) living--;
      ended = true;
    };
    const port = new SimulatedPort(db, time, random, faults, end);
    const writer = random.uuid();
    const run = runPipeline({
      ...{ pipelineId: 1, viewId: 1, table: 'counts', input, random, port, writer },
      clock: () => BigInt(Math.round(time.now * 1000)),
      compute: async () => {
        await time.wait(random.below(8));
        await port.maybeStall();
      },
      acknowledged: (epoch, token) => {
        acknowledged.set(epoch, token);
        try {
          checkAcknowledged(db.durable(), new Map([[epoch, token]]));
        } catch (error) {
          note(error);
        }
      },
      token: () => ++tokens,
    });
    run.then(end, (error: unknown) => {
      end();
      if (!(error instanceof MillraceError) || error.code !== 'FENCED') note(error);
      else if (db.writer === writer) note(new Error('a process was fenced, and nobody else had taken over'));
      else fenced++;
    });
  };

  const supervise = async (): Promise<void> => {
    for (;;) {
      await time.wait(20 + random.below(100));
      if (db.status === 'finished' && living === 0) return;
      // A lease that ran out although its owner lives: two processes believe that the pipeline is theirs.
      const usurped = living === 1 && faults.left > 0 && random.chance(0.1);
      if (usurped) faults.left--;
      if (db.status !== 'finished' && (living === 0 || usurped)) start();
    }
  };

  start();
  let done = false;
  void supervise().then(() => {
    done = true;
  });
  await time.run(() => done || problems.length > 0, LIMIT_MS);
  // Whatever is still on its way arrives.
  await time.run(() => problems.length > 0 || time.quiet, LIMIT_MS);
  if (problems.length > 0) throw problems[0]!;
  checkDurable(db.durable(), input);
  checkFinished(db.durable(), input);
  checkAcknowledged(db.durable(), acknowledged);
  return { epochs: last.epoch, processes, fenced, faults: FAULTS - faults.left, points: faults.points };
}
