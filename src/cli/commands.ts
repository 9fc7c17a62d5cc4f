// The commands in one table: help and completion are made of it.

export interface Command {
  readonly name: string;
  /** What follows the name, as help shows it. */
  readonly usage: string;
  readonly meaning: readonly string[];
  readonly flags: readonly string[];
  /** What the first word after it can be. */
  readonly takes?: Words;
}

/** A kind of names that the running service knows, files, or these words. */
export type Words = 'views' | 'sources' | 'files' | 'folders' | 'commands' | readonly string[];

const command = (
  name: string,
  usage: string,
  meaning: string | readonly string[],
  flags: readonly string[] = [],
  takes?: Words,
): Command => ({
  name,
  usage,
  meaning: typeof meaning === 'string' ? [meaning] : meaning,
  flags,
  ...(takes === undefined ? {} : { takes }),
});

export const COMMANDS: readonly Command[] = [
  command(
    'start',
    '[--seconds N] [--no-demo] [SETTINGS]',
    [
      'start everything: built-in Postgres and Kafka (or yours: DATABASE_URL,',
      'KAFKA_BROKERS), demo streams, every file of queries/, API',
      '--seconds N: stop after N seconds and check every view against Postgres',
    ],
    ['--seconds', '--no-demo'],
  ),
  command('stop', '', 'drain, commit, stop'),
  command('reset', '', 'forget everything: data, topics, ports'),
  command('status', '', 'pipelines, lag, watermarks (also when the service is down)'),
  command(
    'sql',
    '[FILE | -c SQL] [--dialect NAME]',
    [
      'submit statements (standard input without a file); queries in another',
      'dialect: flinksql, mysql, snowflake, bigquery, trino',
    ],
    ['--command', '--dialect'],
    'files',
  ),
  command('query', 'SQL', 'what Postgres answers over views and tables, for machines without psql'),
  command('deploy', '[DIR]', 'deploy the .sql files of a folder (default: queries/)', [], 'folders'),
  command(
    'explain',
    '[--ast | --bound | --logical | --physical | --code] [--dialect NAME] SQL',
    'show a query on one rung of the ladder',
    ['--ast', '--bound', '--logical', '--physical', '--code', '--dialect'],
  ),
  command(
    'replay',
    'SOURCE',
    'decode the dead letters of a source again; what is valid now becomes rows',
    [],
    'sources',
  ),
  command('tail', 'VIEW', 'the rows of a view, then its changes as they are committed', [], 'views'),
  command(
    'topic',
    'create NAME [--partitions N]',
    'a topic in the broker of this installation, for a sink to write into',
    ['--partitions'],
    ['create'],
  ),
  command(
    'nexmark',
    '[--events N] [--seed S] [--table bid|auction|person]',
    'print events of the Nexmark generator as JSON Lines',
    ['--events', '--seed', '--table'],
  ),
  command('config', '', 'every setting, its value and where it was set'),
  command(
    'completion',
    'bash | zsh | fish',
    [
      'a completion script: eval "$(millrace completion bash)" in ~/.bashrc,',
      'the same with zsh in ~/.zshrc; millrace completion fish | source in config.fish',
    ],
    [],
    ['bash', 'zsh', 'fish'],
  ),
  command('help', '[COMMAND]', 'this text, or the part on one command', [], 'commands'),
];

/** Every command takes these. */
export const COMMON_FLAGS: readonly string[] = ['--json', '--config', '--help', '--version'];
