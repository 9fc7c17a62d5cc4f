// The entry: reads the command line, runs one command, turns its outcome into an exit code. User mistakes end in a message,
// never in a stack trace. Commands are loaded when they are run: most need little of the rest.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Submission } from './cli/submit.ts';
import { onClosedPipe } from './cli/closed-pipe.ts';
import { helpOn } from './cli/help.ts';
import { openOutput } from './cli/output.ts';
import type { Output } from './cli/output.ts';
import { readSettings, settingFlags } from './cli/settings.ts';
import type { Config } from './config.ts';
import { readConfig } from './config.ts';
import { didYouMean } from './catalog/near.ts';
import { COMMANDS } from './cli/commands.ts';
import { MillraceError } from './errors.ts';

const PACKAGE = join(import.meta.dirname, '..', 'package.json');

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  seconds: { type: 'string' },
  'no-demo': { type: 'boolean' },
  command: { type: 'string', short: 'c' },
  events: { type: 'string' },
  seed: { type: 'string' },
  table: { type: 'string' },
  partitions: { type: 'string' },
  ast: { type: 'boolean' },
  bound: { type: 'boolean' },
  logical: { type: 'boolean' },
  physical: { type: 'boolean' },
  code: { type: 'boolean' },
  dialect: { type: 'string' },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

async function main(argv: readonly string[], output: Output): Promise<number> {
  const [asked, ...words] = argv;
  const { values: flags, positionals } =
    asked === 'complete' ? { values: {}, positionals: ['complete', ...words] } : parse(argv);
  const [command, ...rest] = positionals;
  if (flags.version === true) {
    const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { readonly version: string };
    output.tell({ event: 'version', version }, `millrace ${version}`);
    return 0;
  }
  if (flags.help === true || command === undefined || command === 'help') {
    process.stdout.write(helpOn(command === 'help' ? rest[0] : command));
    return command === undefined && flags.help !== true ? 2 : 0;
  }
  const settings = readSettings(process.env, settingsOf(flags), process.cwd());
  const config = readConfig(settings.texts, settings.places);
  if (command === 'config') return (await import('./cli/show-config.ts')).showConfig(settings, output);
  return run(config, command, rest, flags, output);
}

async function run(
  config: Config,
  command: string,
  rest: readonly string[],
  flags: Flags,
  output: Output,
): Promise<number> {
  switch (command) {
    case 'start': {
      const { start } = await import('./cli/start.ts');
      const seconds = flags.seconds === undefined ? null : whole('--seconds', flags.seconds);
      return start(config, { seconds }, output);
    }
    case 'stop':
      return stop(config.stateDir, output);
    case 'reset': {
      const { resetStateDir } = await import('./dev/state-dir.ts');
      await resetStateDir(config.stateDir);
      output.tell({ event: 'reset' }, 'everything was forgotten');
      return 0;
    }
    case 'status':
      return (await import('./cli/status.ts')).status(config, output.json);
    case 'sql':
    case 'explain':
    case 'replay':
      return submitted(config, await submission(command, rest, flags), output);
    case 'query': {
      const { query } = await import('./cli/query.ts');
      return query(config, required('a query', rest[0]), output);
    }
    case 'deploy': {
      const { deploy } = await import('./cli/submit.ts');
      return deploy(config, rest[0] ?? config.queriesDir ?? 'queries', output);
    }
    case 'tail':
      return (await import('./cli/tail.ts')).tail(config, required('a view', rest[0]), output.json);
    case 'topic': {
      if (rest[0] !== 'create') throw usage('it is "millrace topic create NAME"');
      const { createTopic } = await import('./cli/topic.ts');
      const partitions = whole('--partitions', flags.partitions ?? '1');
      return createTopic(config, required('a name', rest[1]), partitions, output);
    }
    case 'nexmark':
      return nexmark(flags);
    case 'completion': {
      const { completionScript } = await import('./cli/completion.ts');
      process.stdout.write(completionScript(required('a shell', rest[0])));
      return 0;
    }
    case 'complete': {
      const { complete } = await import('./cli/completion.ts');
      for (const word of await complete(config, rest[0] === '--' ? rest.slice(1) : rest))
        process.stdout.write(`${word}\n`);
      return 0;
    }
    default:
      throw usage(
        `there is no command "${command}"`,
        didYouMean(
          command,
          COMMANDS.map(({ name }) => name),
        ),
      );
  }
}

/** Flags that set something, by their names. */
function settingsOf(flags: Flags): Readonly<Record<string, string | undefined>> {
  const texts = Object.entries(flags).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(texts), ...(flags['no-demo'] === true ? { demo: 'off' } : {}) };
}

async function submitted(config: Config, what: Submission, output: Output): Promise<number> {
  const { submit } = await import('./cli/submit.ts');
  return submit(config, what, output);
}

async function submission(
  command: 'sql' | 'explain' | 'replay',
  rest: readonly string[],
  flags: Flags,
): Promise<Submission> {
  const { dialect } = flags;
  if (command === 'explain') return { before: `EXPLAIN (${rung(flags)}) `, text: rest.join(' '), dialect };
  if (command === 'replay')
    return { text: `ALTER SOURCE ${required('a source', rest[0])} REPLAY DEAD LETTERS` };
  if (flags.command !== undefined) return { text: flags.command, dialect };
  const { readStatements } = await import('./cli/submit.ts');
  const [file] = rest;
  return { text: await readStatements(file), file: file === '-' ? undefined : file, dialect };
}

function parse(argv: readonly string[]) {
  const options = { ...settingFlags(), ...OPTIONS };
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '(--?[^ ']*)/.exec(message)?.[1];
    if (unknown === undefined) throw usage(message);
    const names = Object.keys(options).map((name) => `--${name}`);
    throw usage(`there is no option ${unknown}`, didYouMean(unknown, names));
  }
}

async function stop(stateDir: string, output: Output): Promise<number> {
  const { stopService } = await import('./dev/state-dir.ts');
  const pid = await stopService(stateDir);
  output.tell(
    { event: 'stopped', process: pid ?? null },
    pid === undefined ? 'the service is not running' : `stopped (process ${pid})`,
  );
  return 0;
}

function rung(flags: Flags): string {
  const rungs = ['ast', 'bound', 'logical', 'physical', 'code'] as const;
  return (rungs.find((name) => flags[name] === true) ?? 'physical').toUpperCase();
}

async function nexmark({ events = '1000', seed = '1', table }: Flags): Promise<number> {
  const { isNexmarkTable, nexmark: print } = await import('./cli/nexmark.ts');
  if (table !== undefined && !isNexmarkTable(table)) throw usage('--table is bid, auction or person');
  return print({ events: whole('--events', events), seed: whole('--seed', seed), table });
}

function whole(flag: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw usage(`${flag} takes a whole number, not "${value}"`);
  return number;
}

function required(what: string, value: string | undefined): string {
  if (value === undefined) throw usage(`${what} is missing`);
  return value;
}

function usage(message: string, hint = 'millrace --help lists the commands'): MillraceError {
  return new MillraceError({ code: 'USAGE', message, hint });
}

// A service drains and stops; what any other command would still have said, nobody reads.
onClosedPipe(() => (process.argv[2] === 'start' ? process.kill(process.pid, 'SIGTERM') : process.exit(0)));
const output = openOutput(process.argv.includes('--json'));
try {
  process.exitCode = await main(process.argv.slice(2), output);
} catch (error) {
  output.fail(error);
  if (
    !(error instanceof MillraceError) &&
    error instanceof Error &&
    process.env['MILLRACE_LOG_LEVEL'] === 'debug'
  )
    process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = error instanceof MillraceError && error.code === 'USAGE' ? 2 : 1;
}
