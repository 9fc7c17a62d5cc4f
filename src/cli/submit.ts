// `millrace sql`, `millrace deploy` and `millrace explain`: statements for the running service, and their answers on the terminal.

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { answerLines } from '../pipeline/answer.ts';
import { readSqlFiles } from '../pipeline/deployments.ts';
import { ask } from './ask.ts';

/** Submits one text; 1 when it was refused. */
export async function submit(config: Config, sql: string, json: boolean): Promise<number> {
  const reply = await ask(config, sql);
  if (json) process.stdout.write(`${JSON.stringify(reply)}\n`);
  if (reply.kind === 'failed') {
    if (!json) process.stderr.write(`${reply.rendered}\n`);
    return 1;
  }
  if (!json) for (const answer of reply.answers) process.stdout.write(`${answerLines(answer).join('\n')}\n`);
  return 0;
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
export async function deploy(config: Config, folder: string): Promise<number> {
  let code = 0;
  for (const file of await readSqlFiles(folder)) {
    process.stdout.write(`${file.name}\n`);
    code = Math.max(code, await submit(config, file.text, false));
  }
  return code;
}
