// Completion in the shell. The scripts are short: they hand the words typed so far to `millrace complete`, which knows the commands,
// flags and settings from their tables and asks the database for names of views and sources.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { flagOf, SETTINGS } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { openDatabase } from './ask.ts';
import type { Command, Words } from './commands.ts';
import { COMMANDS, COMMON_FLAGS } from './commands.ts';

const BASH = `_millrace() {
  local IFS=$'\\n'
  COMPREPLY=($(millrace complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o nosort -F _millrace millrace
`;

const ZSH = `_millrace() {
  local -a found
  found=("\${(@f)$(millrace complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -V millrace -- $found
}
compdef _millrace millrace
`;

const FISH = `complete -c millrace -f -a '(millrace complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export function completionScript(shell: string): string {
  const script = SCRIPTS[shell];
  if (script === undefined)
    throw new MillraceError({
      code: 'USAGE',
      message: `there is no completion for "${shell}"`,
      hint: `it is "millrace completion ${Object.keys(SCRIPTS).join(' | ')}"`,
    });
  return script;
}

/** What may stand in place of the last of `words`, which is empty or begun. Names need the service; without it there are none. */
export async function complete(config: Config, words: readonly string[]): Promise<readonly string[]> {
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  const command = COMMANDS.find(({ name }) => name === before[0]);
  const all = begun.startsWith('-') ? flagsOf(command) : await wordsOf(config, command, before, begun);
  return all.filter((word) => word.startsWith(begun));
}

function flagsOf(command: Command | undefined): readonly string[] {
  const settings =
    command?.name === 'start' || command?.name === 'config'
      ? SETTINGS.filter(({ secret }) => secret !== true).map(({ variable }) => `--${flagOf(variable)}`)
      : [];
  return [...(command?.flags ?? []), ...COMMON_FLAGS, ...settings];
}

async function wordsOf(
  config: Config,
  command: Command | undefined,
  before: readonly string[],
  begun: string,
): Promise<readonly string[]> {
  if (before.length === 0) return COMMANDS.map(({ name }) => name);
  if (command?.takes === undefined || before.length > 1) return [];
  return resolveWords(config, command.takes, begun);
}

async function resolveWords(config: Config, takes: Words, begun: string): Promise<readonly string[]> {
  switch (takes) {
    case 'commands':
      return COMMANDS.map(({ name }) => name);
    case 'files':
    case 'folders':
      return entriesNear(begun, takes === 'files');
    case 'views':
    case 'sources':
      return namesOf(config, takes);
    default:
      return takes;
  }
}

/** Folders end in a slash. */
function entriesNear(begun: string, files: boolean): readonly string[] {
  const folder = begun.endsWith('/') ? begun : dirname(begun);
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '.' && !begun.startsWith('.') ? entry.name : join(folder, entry.name);
      if (entry.isDirectory()) return `${path}/`;
      return files && entry.name.endsWith('.sql') ? path : [];
    });
  } catch {
    return [];
  }
}

const NAMES: Readonly<Record<'views' | 'sources', string>> = {
  views: `kind IN ('materialized view', 'table')`,
  sources: `kind = 'source'`,
};

async function namesOf(config: Config, of: 'views' | 'sources'): Promise<readonly string[]> {
  try {
    const connection = await openDatabase(config);
    try {
      const { rows } = await connection.query<{ name: string }>(
        `SELECT name FROM millrace.catalog WHERE ${NAMES[of]} ORDER BY name`,
      );
      return rows.map(({ name }) => name);
    } finally {
      await connection.close();
    }
  } catch {
    // In the middle of a command line nobody wants an error.
    return [];
  }
}
