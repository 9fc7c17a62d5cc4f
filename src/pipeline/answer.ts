// What a statement answers, in a form that every door shows in its own way: psql as notices, the command line as a table,
// GraphQL as fields.

import stringWidth from 'string-width';

const NUMBER = /^(-?\d+(\.\d+)?( %)?)?$/;

export interface AnswerTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Answer {
  /** As Postgres tags commands: CREATE SOURCE, DROP, SHOW … */
  readonly command: string;
  /** What it made, changed or removed. */
  readonly names: readonly string[];
  readonly notices: readonly string[];
  readonly table: AnswerTable | null;
  /** EXPLAIN and SHOW CREATE. */
  readonly text: string | null;
  /** The statement in PostgreSQL, when it was written in another dialect. */
  readonly understood: string | null;
}

export function answer(command: string, parts: Partial<Answer> = {}): Answer {
  return { command, names: [], notices: [], table: null, text: null, understood: null, ...parts };
}

/** An answer as lines, for psql and plain terminals. */
export function answerLines(of: Answer): string[] {
  const lines = of.understood === null ? [] : [`understood as: ${of.understood}`];
  lines.push(...of.notices);
  if (of.text !== null) lines.push(...of.text.split('\n'));
  if (of.table !== null) lines.push(...tableLines(of.table));
  if (of.text === null && of.table === null)
    lines.push(of.names.length === 0 ? of.command : `${of.command} ${of.names.join(', ')}`);
  return lines;
}

/** Columns padded to their widest cell as terminals show it; numbers stand at the right. */
export function tableLines({ columns, rows }: AnswerTable): string[] {
  const widths = columns.map((name, c) =>
    rows.reduce((most, row) => Math.max(most, stringWidth(row[c] ?? '')), stringWidth(name)),
  );
  const right = columns.map((_, c) => rows.length > 0 && rows.every((row) => NUMBER.test(row[c] ?? '')));
  const line = (cells: readonly string[], head: boolean): string =>
    cells
      .map((cell, c) => {
        const padding = ' '.repeat(widths[c]! - stringWidth(cell));
        return right[c] === true && !head ? padding + cell : cell + padding;
      })
      .join(' | ')
      .trimEnd();
  return [
    line(columns, true),
    widths.map((w) => '-'.repeat(w)).join('-+-'),
    ...rows.map((row) => line(row, false)),
  ];
}
