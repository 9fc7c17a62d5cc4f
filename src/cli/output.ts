// What a command says: words for a person, or, with --json, one object a line for a program. Colours only where a terminal shows
// them and nobody has asked for none (NO_COLOR).

import { styleText } from 'node:util';
import { lineAndColumn, MillraceError, renderError } from '../errors.ts';

type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** `event` names what has happened. */
export interface Told {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Output {
  readonly json: boolean;
  /** The same thing for both readers. */
  tell(what: Told, words: string | readonly string[]): void;
  /** Only for a person. */
  say(words: string): void;
  /** On standard error. */
  fail(error: unknown): void;
}

export function openOutput(json: boolean): Output {
  if (json)
    return {
      json,
      tell: (what) => write(JSON.stringify(what)),
      say: () => {},
      fail: (error) => process.stderr.write(`${JSON.stringify({ error: describe(error) })}\n`),
    };
  return {
    json,
    tell: (_, words) => (typeof words === 'string' ? [words] : words).forEach(write),
    say: write,
    fail: (error) => process.stderr.write(`${paintError(renderError(error))}\n`),
  };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Coloured for standard output. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** An error as `renderError` gives it, coloured for standard error. */
export function paintError(rendered: string): string {
  const on = (style: Style | readonly Style[], text: string): string =>
    styleText(style as Style, text, { stream: process.stderr });
  return rendered
    .split('\n')
    .map((line) => {
      const head = /^(error\[\w+\]:)(.*)$/.exec(line);
      if (head !== null) return on(['red', 'bold'], head[1]!) + on('bold', head[2]!);
      if (/^ {2}\| +\^+$/.test(line)) return on('red', line);
      if (line.startsWith('  hint:')) return on('cyan', line);
      return line;
    })
    .join('\n');
}

interface DescribedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly line?: number;
  readonly column?: number;
}

function describe(error: unknown): DescribedError {
  if (!(error instanceof MillraceError))
    return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
  const { code, message, hint, span, sql } = error;
  const place = span === undefined || sql === undefined ? undefined : lineAndColumn(sql, span.offset);
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
  };
}
