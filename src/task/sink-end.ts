// A sink as the end of a task. What it staged before the commit is recorded in the epoch's transaction as its position, and
// published after; see connectors/sink.ts for the two phases.

import type { Batch } from '../data/batch.ts';
import type { SinkWriter } from '../connectors/sink.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';

export class SinkEnd implements TaskEnd {
  private readonly sinkId: number;
  private readonly writer: SinkWriter;
  /** Bytes of epochs that ended and are not published yet. */
  private leaving = 0;

  /** `writer` has been recovered to the last committed epoch. */
  constructor(sinkId: number, writer: SinkWriter) {
    this.sinkId = sinkId;
    this.writer = writer;
  }

  push(batch: Batch): void {
    this.writer.push(batch);
  }

  endEpoch(): EndOutput {
    const { sinkId, writer } = this;
    const output = writer.cut();
    this.leaving += output.bytes.length;
    return {
      changes: null,
      changelog: [],
      rows: output.rows,
      stage: async () => {
        const position = await writer.stage(output);
        return {
          viewId: sinkId,
          steps: [
            {
              kind: 'sql',
              name: 'millrace_sink_position',
              text: `INSERT INTO millrace.sink_positions (sink_id, position) VALUES ($1, $2)
                     ON CONFLICT (sink_id) DO UPDATE SET position = excluded.position`,
              values: [sinkId, JSON.stringify(position)],
              expectRows: 1,
            },
          ],
        };
      },
      afterCommit: async () => {
        await writer.publish(output);
        this.leaving -= output.bytes.length;
      },
    };
  }

  bytes(): number {
    return this.writer.epochBytes() + this.leaving;
  }

  epochBytes(): number {
    return this.writer.epochBytes();
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}
