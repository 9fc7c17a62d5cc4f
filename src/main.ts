// The entry: reads the command line, runs one command, turns its outcome into an exit code. User mistakes end in a message,
// never in a stack trace.

import { parseArgs } from 'node:util';
import type { Submission } from './cli/submit.ts';
import { readStatements, submit, deploy } from './cli/submit.ts';
import { onClosedPipe } from './cli/closed-pipe.ts';
import { helpOn } from './cli/help.ts';
import { isNexmarkTable, nexmark } from './cli/nexmark.ts';
import { start } from './cli/start.ts';
import { status } from './cli/status.ts';
import { tail } from './cli/tail.ts';
import { createTopic } from './cli/topic.ts';
import { readConfig } from './config.ts';
import { resetStateDir, stopService } from './dev/state-dir.ts';
import { MillraceError, renderError } from './errors.ts';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  seconds: { type: 'string' },
  queries: { type: 'string' },
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
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

async function main(argv: readonly string[]): Promise<number> {
  const { values: flags, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (flags.help === true || command === undefined || command === 'help') {
    process.stdout.write(helpOn(command === 'help' ? rest[0] : command));
    return command === undefined && flags.help !== true ? 2 : 0;
  }
  const config = readConfig(process.env, {
    MILLRACE_QUERIES: flags.queries,
    MILLRACE_DEMO: flags['no-demo'] === true ? 'off' : undefined,
  });
  switch (command) {
    case 'start':
      return start(config, {
        seconds: flags.seconds === undefined ? null : whole('--seconds', flags.seconds),
      });
    case 'stop':
      return stop(config.stateDir);
    case 'reset':
      await resetStateDir(config.stateDir);
      process.stdout.write('everything was forgotten\n');
      return 0;
    case 'status':
      return status(config, flags.json === true);
    case 'sql':
      return submit(config, await statements(flags.command, rest[0]), flags.json === true);
    case 'deploy':
      return deploy(config, rest[0] ?? config.queriesDir ?? 'queries');
    case 'explain':
      return submit(
        config,
        { before: `EXPLAIN (${rung(flags)}) `, text: rest.join(' ') },
        flags.json === true,
      );
    case 'replay':
      return submit(
        config,
        { text: `ALTER SOURCE ${required('a source', rest[0])} REPLAY DEAD LETTERS` },
        flags.json === true,
      );
    case 'tail':
      return tail(config, required('a view', rest[0]), flags.json === true);
    case 'topic':
      if (rest[0] !== 'create') throw usage('it is "millrace topic create NAME"');
      return createTopic(config, required('a name', rest[1]), whole('--partitions', flags.partitions ?? '1'));
    case 'nexmark':
      return nexmark(nexmarkFlags(flags));
    default:
      throw usage(`there is no command "${command}"`);
  }
}

async function statements(command: string | undefined, file: string | undefined): Promise<Submission> {
  if (command !== undefined) return { text: command };
  return { text: await readStatements(file), file: file === '-' ? undefined : file };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

async function stop(stateDir: string): Promise<number> {
  const pid = await stopService(stateDir);
  process.stdout.write(pid === undefined ? 'the service is not running\n' : `stopped (process ${pid})\n`);
  return 0;
}

function rung(flags: Flags): string {
  const rungs = ['ast', 'bound', 'logical', 'physical', 'code'] as const;
  return (rungs.find((name) => flags[name] === true) ?? 'physical').toUpperCase();
}

function nexmarkFlags(flags: Flags) {
  const { table } = flags;
  if (table !== undefined && !isNexmarkTable(table)) throw usage('--table is bid, auction or person');
  return {
    events: whole('--events', flags.events ?? '1000'),
    seed: whole('--seed', flags.seed ?? '1'),
    table,
  };
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

function usage(message: string): MillraceError {
  return new MillraceError({ code: 'USAGE', message, hint: 'millrace --help lists the commands' });
}

// A service drains and stops; what any other command would still have said, nobody reads.
onClosedPipe(() => (process.argv[2] === 'start' ? process.kill(process.pid, 'SIGTERM') : process.exit(0)));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  if (
    !(error instanceof MillraceError) &&
    error instanceof Error &&
    process.env['MILLRACE_LOG_LEVEL'] === 'debug'
  )
    process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = error instanceof MillraceError && error.code === 'USAGE' ? 2 : 1;
}
