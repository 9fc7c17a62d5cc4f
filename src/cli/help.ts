// What `millrace --help` prints.

const HELP = `millrace – continuous SQL over Kafka, answered from Postgres

  millrace start [--seconds N] [--queries DIR] [--no-demo]
                              start everything: built-in Postgres and Kafka (or yours: DATABASE_URL,
                              KAFKA_BROKERS), demo streams, every file of queries/, API
                              --seconds N: stop after N seconds and check every view against Postgres
  millrace stop               drain, commit, stop
  millrace reset              forget everything: data, topics, ports
  millrace status [--json]    pipelines, lag, watermarks (also when the service is down)
  millrace sql [FILE | -c SQL]
                              submit statements (standard input without a file)
  millrace deploy [DIR]       deploy the .sql files of a folder (default: queries/)
  millrace explain [--ast | --bound | --logical | --physical | --code] SQL
                              show a query on one rung of the ladder
  millrace replay SOURCE      decode the dead letters of a source again; what is valid now becomes rows
  millrace tail VIEW [--json] the rows of a view, then its changes as they are committed
  millrace topic create NAME [--partitions N]
                              a topic in the broker of this installation, for a sink to write into
  millrace nexmark [--events N] [--seed S] [--table bid|auction|person]
                              print events of the Nexmark generator as JSON Lines

Configuration: environment variables, see docs/configuration.md.
Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 --seconds: nothing differs, but not
every view could be compared
`;

/** The part on one command, with its options; everything when there is no such command. */
export function helpOn(command: string | undefined): string {
  const lines = HELP.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`  millrace ${command} `));
  if (command === undefined || first < 0) return HELP;
  const length = lines.slice(first + 1).findIndex((line) => !line.startsWith('      '));
  const part = lines.slice(first, first + 1 + length).map((line) => line.slice(2));
  return `${part.join('\n')}\n\nAll commands: millrace --help\n`;
}
