// Builds one kernel: a generated loop over the rows of a batch. Its form says which rows it visits, where it writes and what a
// failing row does:
//
//     dense    every row, in place; any failure stops it (answers −1) and the batch is done again by a filter loop
//     filter   rows for which the filter holds, closing up; failing rows are reported and left out
//     select   the listed rows, closing up; failing rows are reported and the answer is −1
//     aligned  every row, in place; a failing row is reported and NULL
//
// An expression that cannot fail costs no try/catch.

import type { Column } from '../../data/column.ts';
import type { RowSchema } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import type { BoundExpr } from '../bound.ts';
import { canFail } from '../properties.ts';
import { NEVER_NULL } from './code.ts';
import { InputColumns } from './columns.ts';
import { Emitter } from './emit.ts';
import { passColumn } from './pass.ts';
import { OutputColumn } from './store.ts';
import { CodeWriter } from './writer.ts';

export type KernelForm = 'dense' | 'filter' | 'select' | 'aligned';

/** What a kernel computes: output column `index` from `expr`. */
export interface KernelTarget {
  readonly index: number;
  readonly expr: BoundExpr;
}

export interface KernelSpec {
  readonly form: KernelForm;
  readonly schema: RowSchema;
  readonly filter: BoundExpr | null;
  readonly targets: readonly KernelTarget[];
  /** Filter form: also lists the visited rows in `selection`. */
  readonly select: boolean;
  /** For batches in which no column holds a NULL. */
  readonly noNulls: boolean;
}

export type ReportFailure = (row: number, target: number, error: unknown) => void;

export type KernelRun = (
  rows: number,
  input: readonly Column[],
  inputDiffs: Int32Array | null,
  output: readonly Column[],
  nulls: readonly Uint8Array[],
  outputDiffs: Int32Array,
  selection: Int32Array,
  failed: ReportFailure,
) => number;

export interface Kernel {
  readonly run: KernelRun;
  /** The generated code, without the values of its constants. */
  readonly source: string;
}

const PARAMETERS = 'rows, input, inputDiffs, output, nulls, outputDiffs, selection, failed';

export function buildKernel(spec: KernelSpec): Kernel {
  const writer = new CodeWriter();
  const columns = new InputColumns(spec.schema, spec.noNulls);
  const outputs: OutputColumn[] = [];
  writeLoop(spec, writer, columns, outputs);
  const lines = [
    ...columns.prologue(),
    ...outputs.flatMap((output) => output.prologue()),
    ...(spec.form === 'dense' || spec.form === 'aligned' ? [] : ['let o = 0;']),
    'let x = -1;',
    ...(spec.form === 'select' ? ['let ok = true;'] : []),
    writer.text,
    ...outputs.flatMap((output) => output.epilogue),
    `return ${spec.form === 'select' ? 'ok ? o : -1' : spec.form === 'filter' ? 'o' : 'rows'};`,
  ];
  const { names, values } = writer.constants;
  const source = `function kernel(${PARAMETERS}) {\n${indent(lines)}\n}`;
  const make = new Function(...names, `'use strict';\nreturn ${source}`) as (
    ...constants: unknown[]
  ) => KernelRun;
  return { run: make(...values), source };
}

function indent(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `  ${line}`)
    .join('\n');
}

function writeLoop(
  spec: KernelSpec,
  writer: CodeWriter,
  columns: InputColumns,
  outputs: OutputColumn[],
): void {
  const fails = [spec.filter, ...spec.targets.map((t) => t.expr)].some((e) => e !== null && canFail(e));
  const loop = (): void => {
    writer.block('for (let i = 0; i < rows; i++)', () => {
      if (spec.form === 'dense' || spec.form === 'aligned') writer.line('const o = i;');
      const body = (): void => writeRow(spec, writer, columns, outputs);
      if (!fails || spec.form === 'dense') body();
      else caught(spec.form, writer, outputs, body);
      if (spec.form === 'filter') {
        writer.line('if (inputDiffs !== null) outputDiffs[o] = inputDiffs[i];');
        if (spec.select) writer.line('selection[o] = i;');
      }
      if (spec.form === 'filter') writer.line('o++;');
    });
  };
  if (spec.form === 'select') selectLoop(spec, writer, columns, outputs, fails);
  else if (fails && spec.form === 'dense') {
    writer.block('try', loop);
    writer.block('catch (error)', () => writer.line('return -1;'));
  } else loop();
}

function selectLoop(
  spec: KernelSpec,
  writer: CodeWriter,
  columns: InputColumns,
  outputs: OutputColumn[],
  fails: boolean,
): void {
  writer.block('for (let s = 0; s < rows; s++)', () => {
    writer.line('const i = selection[s];');
    const body = (): void => writeRow(spec, writer, columns, outputs);
    if (fails) caught('select', writer, outputs, body);
    else body();
    writer.line('o++;');
  });
}

function caught(
  form: KernelForm,
  writer: CodeWriter,
  outputs: readonly OutputColumn[],
  body: () => void,
): void {
  writer.block('try', body);
  writer.block('catch (error)', () => {
    writer.line('failed(i, x, error);');
    if (form === 'select') writer.line('ok = false;');
    if (form === 'aligned') for (const output of outputs) writer.line(output.storeFailure());
    else writer.line('continue;');
  });
}

function writeRow(
  spec: KernelSpec,
  writer: CodeWriter,
  columns: InputColumns,
  outputs: OutputColumn[],
): void {
  const emitter = new Emitter(writer, columns);
  if (spec.filter !== null) {
    if (canFail(spec.filter)) writer.line('x = -1;');
    const { parts, isNull } = emitter.emit(spec.filter);
    writer.line(`if (${isNull === NEVER_NULL ? '' : `${isNull} || `}!${parts[0]!}) continue;`);
  }
  for (const { index, expr } of spec.targets) {
    const output = new OutputColumn(index, layoutOf(expr.type), spec.form === 'aligned');
    outputs.push(output);
    if (canFail(expr)) writer.line(`x = ${index};`);
    if (expr.kind === 'column') passColumn(writer, columns, output, expr, index);
    else output.store(writer, emitter.emit(expr));
  }
}
