// What a task tells its coordinator, over a reader that gives what it is told to.
import { expect, onTestFinished, test } from 'vitest';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import type { SourceReader } from '../../src/connectors/source.ts';
import { Dataflow } from '../../src/operators/dataflow.ts';
import type { PhysicalGraph } from '../../src/physical/graph.ts';
import { channelPair } from '../../src/task/channel.ts';
import { SourceClock } from '../../src/task/lateness.ts';
import type { FromTask, InputReport, ToTask } from '../../src/task/messages.ts';
import { SourceStage } from '../../src/task/source-stage.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { TaskInput } from '../../src/task/task-input.ts';
import { Task } from '../../src/task/task.ts';
import { Wakeup } from '../../src/task/wakeup.ts';
import { recordsOf } from '../formats/decoding.ts';
import { scan } from './scan-node.ts';

const graph: PhysicalGraph = {
  nodes: [scan],
  distributions: [{ kind: 'single' }],
  fragments: [{ nodes: [0], level: 0 }],
};

/** One record, and then nothing for now; `waiting` are known to be at the broker. */
function pausingReader(waiting: number): SourceReader {
  let taken = 0;
  return {
    positions: { identity: undefined, start: new Map([[0, 0]]), end: undefined },
    finished: false,
    partitions: () => [0],
    take() {
      if (taken === 1) return undefined;
      taken++;
      const columns = recordsOf(['{"n":1}']);
      return { partition: 0, columns, nextOffset: taken, endOffset: taken + waiting, logStartOffset: 0 };
    },
    onReady: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    status: () => ({
      partitions: [],
      lag: waiting,
      queuedBytes: 0,
      unreachableSince: undefined,
      lastError: undefined,
      finished: false,
    }),
    close: () => Promise.resolve(),
  };
}

/** The last report of a task that has found nothing to take. */
async function reportOf(reader: SourceReader): Promise<InputReport> {
  const decoder = compileJsonDecoder({
    columns: [{ name: 'n', type: { kind: 'integer' }, notNull: false }],
    projected: [0],
    validate: 'strict',
  });
  const stage = new SourceStage(scan, 1, decoder, new SourceClock({ allowedLateness: 0n, maxFuture: null }));
  const [mine, its] = channelPair<FromTask, ToTask>();
  const task = new Task(
    {
      inputs: [new TaskInput(1, reader, stage, { idleTimeout: null, maxDrift: null })],
      dataflow: new Dataflow(graph, [{ node: scan, operator: null, end: null }], { error: () => undefined }),
      state: new StateKeeper(0, []),
      ends: new Map(),
      errors: [],
      exchanges: null,
      wakeup: new Wakeup(),
      epoch: 0,
      maxEpochBytes: 1 << 20,
      memory: { maxBytes: Infinity, names: new Map() },
      tickMs: 10,
    },
    its,
  );
  const reports: InputReport[] = [];
  mine.listen((message) => {
    if (message.kind === 'input') reports.push(message);
  });
  mine.post({ kind: 'start' });
  const running = task.run();
  onTestFinished(() => running);
  await expect.poll(() => reports.at(-1)?.rows).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  mine.post({ kind: 'close' });
  return reports.at(-1)!;
}

test('under a backlog, having nothing to take is a pause between two fetches: there is more', async () => {
  expect(await reportOf(pausingReader(7))).toMatchObject({ rows: 1, more: true, lag: 7 });
});

test('with nothing left at the broker there is no more, so that an epoch ends at once', async () => {
  expect(await reportOf(pausingReader(0))).toMatchObject({ rows: 1, more: false, lag: 0 });
});
