// What a statement answers, in a form that every door shows in its own way: psql as notices, the command line as a table,
// GraphQL as fields.

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
}

export function answer(command: string, parts: Partial<Answer> = {}): Answer {
  return { command, names: [], notices: [], table: null, text: null, ...parts };
}

/** An answer as lines, for psql and plain terminals. */
export function answerLines(of: Answer): string[] {
  const lines = [...of.notices];
  if (of.text !== null) lines.push(...of.text.split('\n'));
  if (of.table !== null) lines.push(...tableLines(of.table));
  if (of.text === null && of.table === null)
    lines.push(of.names.length === 0 ? of.command : `${of.command} ${of.names.join(', ')}`);
  return lines;
}

/** Columns padded to their widest cell. */
export function tableLines({ columns, rows }: AnswerTable): string[] {
  const widths = columns.map((name, c) => Math.max(width(name), ...rows.map((row) => width(row[c] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => cell + ' '.repeat(widths[c]! - width(cell)))
      .join(' | ')
      .trimEnd();
  return [line(columns), widths.map((w) => '-'.repeat(w)).join('-+-'), ...rows.map(line)];
}

function width(text: string): number {
  return [...text].length;
}
