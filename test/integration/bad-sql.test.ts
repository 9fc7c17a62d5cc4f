// SQL that cannot be run, through every door: a file, the command line, standard input, GraphQL and psql. Each says which code, where
// and what to do; nothing of it takes effect, and the pipeline beside it goes on committing without a restart.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { eventually } from './eventually.ts';
import { folder, millrace, openConnection, startService, submit, type Service } from './service.ts';

interface Refusal {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  /** The line of the text that is quoted. */
  readonly quoted: string;
}

interface Mistake extends Refusal {
  readonly name: string;
  readonly sql: string;
}

function mistake(name: string, code: string, sql: string, at: string): Mistake {
  const offset = sql.indexOf(at);
  const before = sql.slice(0, offset).split('\n');
  const line = before.length;
  return {
    name,
    code,
    sql,
    line,
    column: [...before.at(-1)!].length + 1,
    quoted: sql.split('\n')[line - 1]!,
  };
}

const VIEW = 'CREATE MATERIALIZED VIEW other AS';

const MISTAKES: readonly Mistake[] = [
  mistake('an unknown column', 'UNKNOWN_COLUMN', `${VIEW}\nSELECT auctoin FROM beat`, 'auctoin'),
  mistake(
    'one behind other alphabets',
    'UNKNOWN_COLUMN',
    `${VIEW} SELECT 'žluť😀' AS x,\n  'ü' AS y, prize FROM beat`,
    'prize',
  ),
  mistake('an unknown relation', 'UNKNOWN_RELATION', `${VIEW} SELECT 1 AS one FROM beet`, 'beet'),
  mistake(
    'types that do not fit',
    'UNDEFINED_OPERATOR',
    `${VIEW} SELECT auction FROM beat WHERE channel + 1 > 2`,
    'channel + 1',
  ),
  mistake('what is for Postgres', 'SQL_UNSUPPORTED', 'INSERT INTO beat VALUES (1)', 'INSERT'),
  mistake(
    'a name that is taken',
    'DUPLICATE_NAME',
    'CREATE VIEW beats AS SELECT 1 AS one FROM beat',
    'beats',
  ),
  mistake('no SQL', 'SQL_SYNTAX', 'CREATE MATERIALIZED VIEW other AS SELEKT 1', 'SELEKT'),
  mistake(
    'a second statement that fails',
    'UNKNOWN_COLUMN',
    `CREATE VIEW first AS SELECT auction FROM beat;\n${VIEW} SELECT bider FROM first`,
    'bider',
  ),
  mistake(
    'a topic that is not there',
    'TOPIC_NOT_FOUND',
    `CREATE SOURCE t (id BIGINT) WITH (connector = 'kafka',\n  topic = 'no-such-topic') FORMAT PLAIN ENCODE JSON`,
    `'no-such-topic'`,
  ),
  mistake(
    'a broker that is not there',
    'BROKER_UNREACHABLE',
    `CREATE SOURCE t (id BIGINT) WITH (connector = 'kafka', topic = 'x',\n  properties.bootstrap.server = '127.0.0.1:1') FORMAT PLAIN ENCODE JSON`,
    `'127.0.0.1:1'`,
  ),
];

type Door = (mistake: Mistake) => Promise<Refusal>;

/** What a terminal shows: error[CODE], the place, the quoted line. */
function readRendered(text: string): Refusal {
  const code = /^error\[(\w+)\]: ./m.exec(text)?.[1] ?? text;
  const place = /--> line (\d+), column (\d+)\n {2}\| {2}(.*)\n {2}\| {2} *\^/.exec(text);
  return { code, line: Number(place?.[1]), column: Number(place?.[2]), quoted: place?.[3] ?? '' };
}

describeKafka('bad SQL', () => {
  it('is refused in its place at every door, and touches nothing', { timeout: 240_000 }, async () => {
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url });
    const connection = await openConnection(url);
    await submit(
      connection,
      `CREATE SOURCE beat (auction BIGINT, bidder BIGINT, channel TEXT)
         WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.rate = '500') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW beats AS SELECT count(*) AS n FROM beat;`,
    );
    await eventually('it runs', async () => ((await epochOf(connection)) > 0 ? true : undefined));
    const before = await stand(connection);
    const doors = doorsOf(service, connection);
    for (const one of MISTAKES) {
      const expected: Refusal = { code: one.code, line: one.line, column: one.column, quoted: one.quoted };
      const since = await epochOf(connection);
      const answers = await Promise.all(
        Object.entries(doors).map(async ([door, ask]) => [door, await ask(one)] as const),
      );
      for (const [door, answer] of answers) expect(answer, `${one.name} through ${door}`).toEqual(expected);
      await eventually('the pipeline beside it commits', async () =>
        (await epochOf(connection)) > since ? true : undefined,
      );
    }
    for (const [door, ask] of Object.entries(doors)) {
      const { code } = await ask({ ...MISTAKES[0]!, sql: ' -- nothing to do\n' });
      expect(code, `a submission of nothing through ${door}`).toBe('SQL_SYNTAX');
    }
    await expect(connection.query('CALL millrace.submit(NULL)')).rejects.toThrow('no statement to submit');
    expect(await stand(connection), 'nothing took effect, nothing was restarted').toEqual(before);
    expect(await service.stop()).toBe(0);
  });
});

function doorsOf(service: Service, connection: Connection): Readonly<Record<string, Door>> {
  const place = folder('sql');
  return {
    'a file': async ({ sql }) => {
      const file = join(place, 'bad.sql');
      writeFileSync(file, sql);
      const { code, stdout, stderr } = await millrace(['sql', file], service.env);
      expect([code, stdout]).toEqual([1, '']);
      return readRendered(stderr);
    },
    'the command line': async ({ sql }) => {
      const { code, stdout, stderr } = await millrace(['sql', '-c', sql], service.env);
      expect([code, stdout]).toEqual([1, '']);
      return readRendered(stderr);
    },
    GraphQL: async ({ sql }) => {
      const response = await fetch(`${service.api}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: 'mutation ($sql: String!) { submit(sql: $sql) { names } }',
          variables: { sql },
        }),
      });
      const { errors } = (await response.json()) as {
        errors: readonly { readonly extensions: Refusal & { readonly text: string } }[];
      };
      const { code, line, column, text } = errors[0]!.extensions;
      return { code, line, column, quoted: text };
    },
    psql: async ({ sql }) => {
      const error = await submit(connection, sql).then(
        () => {
          throw new Error('it was accepted');
        },
        (reason: unknown) => reason as { message: string; detail: string },
      );
      const [, line, column, quoted] = /^line (\d+), column (\d+): (.*)\n *\^$/.exec(error.detail) ?? [];
      const code = /\[(\w+)\]$/.exec(error.message)?.[1] ?? error.message;
      return { code, line: Number(line), column: Number(column), quoted: quoted ?? '' };
    },
  };
}

async function epochOf(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ epoch: string }>('SELECT epoch::text FROM millrace.pipelines');
  return Number(rows[0]!.epoch);
}

async function stand(connection: Connection): Promise<unknown> {
  const { rows } = await connection.query(
    `SELECT (SELECT jsonb_agg(c.id ORDER BY c.id) FROM millrace.catalog c) AS names,
            jsonb_agg(jsonb_build_array(p.id, p.generation, p.status, p.cause)) AS pipelines FROM millrace.pipelines p`,
  );
  return rows;
}
