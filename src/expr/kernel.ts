// Filter and projection compiled to loops over columns. The first batches decide which kernels exist: one for batches
// without any NULL and one for the others, each built when first needed.

import type { Batch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import { columnCapacity, newColumn } from '../data/column.ts';
import { RowFailure } from '../data/failure.ts';
import type { RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';
import type { BoundExpr } from './bound.ts';
import type { Kernel, KernelForm, ReportFailure } from './kernel/build.ts';
import { buildKernel } from './kernel/build.ts';
import { planKernels } from './kernel/split.ts';
import type { KernelPlan } from './kernel/split.ts';
import { Arena, enterArena } from './runtime/arena.ts';

/** `target` is the index of the expression that failed, −1 for the filter. */
export type OnError = (row: number, target: number, error: { sqlstate: string; message: string }) => void;

export interface MapSpec {
  readonly inputSchema: RowSchema;
  readonly filter: BoundExpr | null;
  /** One per column of the output, bound to the input's schema. */
  readonly exprs: readonly BoundExpr[];
}

export interface MapKernel {
  /**
   * Fills `output` from `input`: rows, columns, diffs. A row whose filter or projection fails is left out and reported.
   * Output columns may be the input's own (a column passed on unchanged); they are valid until the next run, or as long
   * as the input's are.
   */
  run(input: Batch, output: Batch, onError: OnError): void;
  /** The generated code, for EXPLAIN. */
  readonly source: string;
}

export function compileMap(spec: MapSpec): MapKernel {
  return new FilterProject(spec);
}

export interface ScalarKernel {
  /** One value per row, aligned with the rows; a failing row is reported and NULL. The column is valid until the next run. */
  run(input: Batch, onError?: OnError): Column;
  readonly source: string;
}

export function compileScalar(expr: BoundExpr, schema: RowSchema): ScalarKernel {
  const kernels = new KernelPair(
    planKernels({ schema, filter: null, exprs: [expr], form: 'aligned' }),
    'aligned',
  );
  const arena = new Arena();
  let output = newColumn(layoutOf(expr.type), 0, true);
  let nulls = new Uint8Array(0);
  return {
    run(input, onError = () => undefined) {
      if (columnCapacity(output) < input.rows) {
        output = newColumn(layoutOf(expr.type), input.rows, false);
        nulls = new Uint8Array(input.rows);
      }
      enterArena(arena);
      const kernel = kernels.forBatch(input)[0]!;
      kernel.run(input.rows, input.columns, null, [output], [nulls], NO_ROWS, NO_ROWS, reporting(onError));
      return output;
    },
    get source() {
      return kernels.source;
    },
  };
}

const NO_ROWS = new Int32Array(0);

function reporting(onError: OnError): ReportFailure {
  return (row, target, error) => {
    if (!(error instanceof RowFailure)) throw error;
    onError(row, target, { sqlstate: error.sqlstate, message: error.message });
  };
}

/** The kernels of a plan, for batches with and without NULLs. */
class KernelPair {
  readonly #plan: KernelPlan;
  readonly #form: KernelForm;
  #general: readonly Kernel[] | null = null;
  #noNulls: readonly Kernel[] | null = null;

  constructor(plan: KernelPlan, form: KernelForm) {
    this.#plan = plan;
    this.#form = form;
  }

  forBatch(input: Batch): readonly Kernel[] {
    for (const column of input.columns)
      if (column.nulls !== null) return (this.#general ??= this.#build(false));
    return (this.#noNulls ??= this.#build(true));
  }

  #build(noNulls: boolean): readonly Kernel[] {
    return this.#plan.specs(this.#form, noNulls).map(buildKernel);
  }

  get source(): string {
    return (this.#noNulls ?? this.#general ?? this.#build(false)).map((kernel) => kernel.source).join('\n\n');
  }
}

class FilterProject implements MapKernel {
  readonly #spec: MapSpec;
  /** Without a filter: passes columns on and computes the others in place. */
  readonly #dense: KernelPair | null;
  readonly #filtering: KernelPair;
  readonly #arena = new Arena();
  #columns: Column[] = [];
  #nulls: Uint8Array[] = [];
  #diffs = NO_ROWS;
  #selection = NO_ROWS;
  #capacity = 0;

  constructor(spec: MapSpec) {
    this.#spec = spec;
    const { inputSchema: schema, filter, exprs } = spec;
    this.#dense =
      filter === null ? new KernelPair(planKernels({ schema, filter, exprs, form: 'dense' }), 'dense') : null;
    this.#filtering = new KernelPair(planKernels({ schema, filter, exprs, form: 'filter' }), 'filter');
  }

  get source(): string {
    return (this.#dense ?? this.#filtering).source;
  }

  run(input: Batch, output: Batch, onError: OnError): void {
    this.#makeRoom(input.rows);
    if (this.#dense !== null && this.#runDense(this.#dense, input, output)) return;
    this.#runFilter(input, output, onError);
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.max(rows, this.#capacity * 2);
    this.#columns = this.#spec.exprs.map((expr) => newColumn(layoutOf(expr.type), capacity, false));
    this.#nulls = this.#spec.exprs.map(() => new Uint8Array(capacity));
    this.#diffs = new Int32Array(capacity);
    this.#selection = new Int32Array(capacity);
    this.#capacity = capacity;
  }

  /** False when a row failed: nothing is reported yet and nothing has been written that counts. */
  #runDense(kernels: KernelPair, input: Batch, output: Batch): boolean {
    enterArena(this.#arena);
    for (const kernel of kernels.forBatch(input))
      if (this.#call(kernel, input.rows, input, unexpected) < 0) return false;
    this.#spec.exprs.forEach((expr, i) => {
      output.columns[i] = expr.kind === 'column' ? input.columns[expr.index]! : this.#columns[i]!;
    });
    output.rows = input.rows;
    output.diffs = input.diffs;
    return true;
  }

  #runFilter(input: Batch, output: Batch, onError: OnError): void {
    const [first, ...rest] = this.#filtering.forBatch(input);
    enterArena(this.#arena);
    let rows = this.#call(first!, input.rows, input, reporting(onError));
    if (rest.length > 0) rows = this.#runSelected(rest, rows, input, onError);
    this.#columns.forEach((column, i) => (output.columns[i] = column));
    output.rows = rows;
    output.diffs = input.diffs === null ? null : this.#diffs;
  }

  /** The projection in several kernels, over the rows that the filter chose. Rows that fail leave and all is done again. */
  #runSelected(kernels: readonly Kernel[], selected: number, input: Batch, onError: OnError): number {
    let rows = selected;
    const failed = new Map<number, { target: number; error: unknown }>();
    const collect: ReportFailure = (row, target, error) => {
      if (!failed.has(row)) failed.set(row, { target, error });
    };
    const done = kernels
      .map((kernel) => this.#call(kernel, rows, input, collect))
      .every((count) => count >= 0);
    if (done) return rows;
    const report = reporting(onError);
    for (const [row, { target, error }] of failed) report(row, target, error);
    rows = this.#withoutRows(failed, rows);
    enterArena(this.#arena);
    for (const kernel of kernels) this.#call(kernel, rows, input, unexpected);
    return rows;
  }

  #withoutRows(failed: ReadonlyMap<number, unknown>, rows: number): number {
    let kept = 0;
    for (let i = 0; i < rows; i++) {
      const row = this.#selection[i]!;
      if (failed.has(row)) continue;
      this.#selection[kept] = row;
      this.#diffs[kept] = this.#diffs[i]!;
      kept++;
    }
    return kept;
  }

  #call(kernel: Kernel, rows: number, input: Batch, failed: ReportFailure): number {
    const { columns, diffs } = input;
    return kernel.run(rows, columns, diffs, this.#columns, this.#nulls, this.#diffs, this.#selection, failed);
  }
}

function unexpected(row: number, target: number, error: unknown): never {
  throw new Error(`row ${row}, expression ${target}: ${String(error)}`, { cause: error });
}
