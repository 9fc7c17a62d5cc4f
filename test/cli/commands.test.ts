// What a new user meets on the command line: help of a command, errors at the places of their own text, a reader that leaves early.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helpOn } from '../../src/cli/help.ts';
import { pipelinesText } from '../../src/cli/live-line.ts';
import { folder, millrace, runMillrace, startService } from '../integration/service.ts';
import { freshDatabase } from '../setup/parts.ts';

describe('help', () => {
  it('of a command is its part alone', () => {
    expect(helpOn('sql')).toBe(
      `millrace sql [FILE | -c SQL] [--dialect NAME]\n                            submit statements (standard input without a file); queries in another\n                            dialect: flinksql, mysql, snowflake, bigquery, trino\n\nAll commands: millrace --help\n`,
    );
    expect(helpOn('nexmark')).toContain('print events');
    expect(helpOn('nexmark')).not.toContain('Configuration');
  });

  it('of no command, or of one that there is not, is all of it', () => {
    for (const text of [helpOn(undefined), helpOn('nonsense')]) expect(text).toContain('Exit codes');
  });
});

describe('the pipelines of the live line', () => {
  const running = (...names: string[]) => names.map((name) => ({ name, state: 'running' }));

  it('few are named, with their troubles', () => {
    expect(pipelinesText(running('a', 'b'), new Map([['b', '2 dead letters']]))).toBe(
      'a running, b running (2 dead letters)',
    );
  });

  it('many are counted; the failed and the troubled are named', () => {
    const many = [...running('a', 'b', 'c', 'd'), { name: 'x', state: 'failed' }];
    expect(pipelinesText(many, new Map([['c', '1 failing row']]))).toBe(
      '4 running: c (1 failing row), 1 failed: x',
    );
  });
});

it('a reader that leaves early ends a command quietly', async () => {
  const child = runMillrace(['nexmark', '--events', '200000'], process.env);
  let errors = '';
  child.stderr!.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  await once(child.stdout!, 'data');
  child.stdout!.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

it('a command for a service that is stopped says how to start it', async () => {
  const stateDir = folder('stopped');
  writeFileSync(join(stateDir, 'pgpass'), '127.0.0.1:1:*:postgres:secret\n');
  const { DATABASE_URL: _, ...rest } = process.env;
  const env = { ...rest, MILLRACE_DIR: stateDir };
  for (const args of [
    ['sql', '-c', 'SHOW VIEWS'],
    ['tail', 'bids'],
  ]) {
    const { code, stderr } = await millrace(args, env);
    expect(code).toBe(1);
    expect(stderr).toContain('error[NO_SERVICE]');
    expect(stderr).toContain('millrace start');
  }
});

it('with --json every command speaks JSON, in its errors too', async () => {
  const stateDir = folder('json');
  const env = { ...process.env, MILLRACE_DIR: stateDir };
  const objects = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  const stopped = await millrace(['stop', '--json'], env);
  expect(objects(stopped.stdout)).toEqual([{ event: 'stopped', process: null }]);
  const shown = await millrace(['config', '--json'], env);
  expect(objects(shown.stdout)).toContainEqual({
    event: 'setting',
    setting: 'MILLRACE_DIR',
    value: stateDir,
    from: 'environment',
  });
  const wrong = await millrace(['strat', '--json'], env);
  expect({ ...wrong, stderr: objects(wrong.stderr) }).toEqual({
    code: 2,
    stdout: '',
    stderr: [
      { error: { code: 'USAGE', message: 'there is no command "strat"', hint: 'did you mean "start"?' } },
    ],
  });
});

it(
  'answers of a service are about what the user wrote, and its last state is told when it is gone',
  { timeout: 60_000 },
  async () => {
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url });
    const explained = await millrace(['explain', 'SELECT nothing FROM nowhere'], service.env);
    expect(explained.stderr).toContain('--> line 1, column 21\n  |  SELECT nothing FROM nowhere\n');

    const file = join(folder('sql'), 'a.sql');
    writeFileSync(file, '\nSELECT nothing FROM nowhere');
    const filed = await millrace(['sql', file], service.env);
    expect(filed.stderr).toContain(`\n  file: ${file}\n`);
    expect(filed.stderr).toContain('line 2, column');

    const view = 'CREATE MATERIALIZED VIEW v AS SELECT 1 / (auction - auction) AS x FROM bids';
    const made = await millrace(
      [
        'sql',
        '-c',
        `CREATE SOURCE bids (auction BIGINT) WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '10') FORMAT PLAIN ENCODE JSON; ${view}`,
      ],
      service.env,
    );
    expect(made.code, made.stderr).toBe(0);
    const tailed = await millrace(['tail', 'bids'], service.env);
    expect(tailed.stderr).toContain('"bids" is a source');

    await service.stop();
    const { stdout } = await millrace(['status'], service.env);
    expect(stdout).toMatch(/errors +\| dead letters/);
    expect(stdout).toMatch(/\| was (running|finished) .*\| +6 \| +0 \|/);
  },
);

it('an option that is not there is named with what it is near to, and --version tells the version', async () => {
  const env = { ...process.env, MILLRACE_DIR: folder('options') };
  const misspelt = await millrace(['status', '--jsn'], env);
  expect(misspelt.code).toBe(2);
  expect(misspelt.stderr).toContain('there is no option --jsn');
  expect(misspelt.stderr).toContain('did you mean "--json"?');
  expect((await millrace(['--version'], env)).stdout).toMatch(/^millrace \d+\.\d+\.\d+\n$/);
});
