// Filter and projection: one generated loop over the columns of a batch (expr/kernel). Keeps nothing.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { RowSchema } from '../data/types.ts';
import type { MapKernel } from '../expr/kernel.ts';
import { compileMap } from '../expr/kernel.ts';
import { printExpr } from '../expr/print.ts';
import type { MapNode } from '../physical/graph.ts';
import { describeRow } from './describe-row.ts';
import type { Operator, Output } from './operator.ts';

export class MapOperator implements Operator {
  readonly kernel: MapKernel;
  private readonly node: MapNode;
  private readonly output: Batch;

  constructor(node: MapNode, input: RowSchema) {
    this.node = node;
    this.kernel = compileMap({
      inputSchema: input,
      filter: node.filter,
      exprs: node.exprs,
    });
    this.output = newBatch(node.schema, 0);
  }

  push(batch: Batch, _port: number, out: Output): void {
    this.kernel.run(batch, this.output, (row, index, failure) => {
      const expr = index < 0 ? this.node.filter : this.node.exprs[index];
      const diff = batch.diffs === null ? 1 : batch.diffs[row]!;
      out.error(
        {
          sqlstate: failure.sqlstate,
          message: failure.message,
          expression: expr === null || expr === undefined ? '' : printExpr(expr),
          row: describeRow(batch, row),
        },
        diff,
      );
    });
    if (this.output.rows > 0) out.push(this.output);
  }
}
