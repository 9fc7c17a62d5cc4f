// `millrace sql`, `millrace deploy` and `millrace explain`: statements for the running service, and their answers on the terminal.

import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import { MillraceError, renderError } from '../errors.ts';
import { answerLines } from '../pipeline/answer.ts';
import type { SqlFile } from '../pipeline/deployments.ts';
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
  /** The name under which the file is deployed: what it said before is replaced. */
  readonly deployment?: string;
  /** Of the text, when it is not PostgreSQL and does not say so itself. */
  readonly dialect?: string | undefined;
}

/** Submits one text; 1 when it was refused. */
export async function submit(config: Config, submission: Submission, { json }: Output): Promise<number> {
  const { text: written, before = '', file, dialect, deployment } = submission;
  const reply = await ask(config, before + written, { dialect, file: deployment });
  if (json) process.stdout.write(`${JSON.stringify(file === undefined ? reply : { file, ...reply })}\n`);
  if (reply.kind === 'failed') {
    const shown = reply.placed === null ? reply.rendered : renderError(inText(reply.placed, before, written));
    if (!json) process.stderr.write(`${paintError(shown)}\n${file === undefined ? '' : `  file: ${file}\n`}`);
    return 1;
  }
  if (!json && deployment !== undefined && reply.answers.length === 0) process.stdout.write('unchanged\n');
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

/** Submits every file of a folder, as `start` deploys those of queries/; goes on after one that is refused. */
export async function deploy(config: Config, folder: string, output: Output): Promise<number> {
  let code = 0;
  for (const { name, text: statements } of await filesOf(folder)) {
    output.say(name);
    const deployment = deploymentName(config, resolve(folder, name));
    const submission = { text: statements, file: name, deployment };
    code = Math.max(code, await submit(config, submission, output));
  }
  return code;
}

async function filesOf(folder: string): Promise<readonly SqlFile[]> {
  try {
    return await readSqlFiles(folder);
  } catch (cause) {
    throw new MillraceError({
      code: 'FILE_NOT_READABLE',
      message: `${folder} cannot be read as a folder`,
      hint: 'name a folder of .sql files; one file is submitted by "millrace sql FILE"',
      cause,
    });
  }
}

/** Files of the folder that `start` deploys are known by their path in it, others by their whole path. */
function deploymentName({ queriesDir }: Config, path: string): string {
  const inside = queriesDir === null ? path : relative(resolve(queriesDir), path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.replaceAll('\\', '/');
}
