// What `millrace --help` prints.

import { COMMANDS } from './commands.ts';
import type { Command } from './commands.ts';

const MEANING_AT = 30;

const HEAD = `millrace – continuous SQL over Kafka, answered from Postgres

`;

const FOOT = `
--json: answers and errors as JSON, one object a line. --version: which Millrace this is.
Settings: flags (--port 4001), environment variables (MILLRACE_PORT), .env, millrace.toml; "millrace
config" lists them with their values, docs/configuration.md says what they mean.
Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 --seconds: nothing differs, but not
every view could be compared
`;

/** The part on one command, with its options; everything when there is no such command. */
export function helpOn(name: string | undefined): string {
  const found = COMMANDS.find((command) => command.name === name);
  if (found === undefined) return `${HEAD}${COMMANDS.map((command) => part(command, '  ')).join('')}${FOOT}`;
  return `${part(found, '')}\nAll commands: millrace --help\n`;
}

function part({ name, usage, meaning }: Command, indent: string): string {
  const at = ' '.repeat(MEANING_AT - 2 + indent.length);
  const head = `${indent}millrace ${name}${usage === '' ? '' : ` ${usage}`}`;
  const fits = head.length < at.length;
  const [first = '', ...rest] = meaning;
  const lines = fits
    ? [`${head.padEnd(at.length)}${first}`, ...rest.map((line) => at + line)]
    : [head, ...meaning.map((line) => at + line)];
  return `${lines.join('\n')}\n`;
}
