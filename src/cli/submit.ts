// `millrace sql`, `millrace deploy` and `millrace explain`: statements for the running service, and their answers on the terminal.

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import { MillraceError, renderError } from '../errors.ts';
import { answerLines } from '../pipeline/answer.ts';
import { readSqlFiles } from '../pipeline/deployments.ts';
import type { PlacedError } from './ask.ts';
import { ask } from './ask.ts';
import type { Output } from './output.ts';
import { paintError } from './output.ts';

export interface Submission {
  /** What the user wrote. */
  readonly text: string;
  /** What the command puts before it. */
  readonly before?: string;
  /** Named in errors. */
  readonly file?: string | undefined;
  /** Of the text, when it is not PostgreSQL and does not say so itself. */
  readonly dialect?: string | undefined;
}

/** Submits one text; 1 when it was refused. */
export async function submit(config: Config, submission: Submission, { json }: Output): Promise<number> {
  const { text: written, before = '', file, dialect } = submission;
  const reply = await ask(config, before + written, dialect);
  if (json) process.stdout.write(`${JSON.stringify(file === undefined ? reply : { file, ...reply })}\n`);
  if (reply.kind === 'failed') {
    const shown = reply.placed === null ? reply.rendered : renderError(inText(reply.placed, before, written));
    if (!json) process.stderr.write(`${paintError(shown)}\n${file === undefined ? '' : `  file: ${file}\n`}`);
    return 1;
  }
  if (!json) for (const answer of reply.answers) process.stdout.write(`${answerLines(answer).join('\n')}\n`);
  return 0;
}

/** The error where the user wrote it: places count from the start of the user's own text. */
export function inText({ code, text, hint, span }: PlacedError, before: string, sql: string): MillraceError {
  const place = (offset: number): number => Math.min(Math.max(offset - before.length, 0), sql.length);
  return new MillraceError({
    code,
    message: text,
    hint,
    span: { offset: place(span.offset), end: place(span.end) },
    sql,
  });
}

export async function readStatements(file: string | undefined): Promise<string> {
  if (file === undefined || file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new MillraceError({
      code: 'FILE_NOT_READABLE',
      message: `${file} cannot be read`,
      hint: 'name a file of SQL statements, or give them with -c',
      cause,
    });
  }
}

/** Submits every file of a folder; goes on after one that is refused. */
export async function deploy(config: Config, folder: string, output: Output): Promise<number> {
  let code = 0;
  for (const file of await readSqlFiles(folder)) {
    output.say(file.name);
    code = Math.max(code, await submit(config, { text: file.text, file: file.name }, output));
  }
  return code;
}
