// Queries over real HTTP: exact values, filters, order, pages, keys, errors, limits.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fixture } from './fixture.ts';
import { ask, newFixture, VIEWS } from './fixture.ts';
import { catalogOf } from '../../src/catalog/catalog.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await newFixture();
  const n = (unscaled: bigint, scale: number) => ({ unscaled, scale });
  await fixture.committer(0).commit(
    [
      [
        1n,
        true,
        1,
        2,
        1.5,
        n(110n, 2),
        'a',
        19000,
        1600000000123456n,
        1600000000000000n,
        { months: 1, days: 2, micros: 3000000n },
      ],
      [
        9007199254740993n,
        null,
        -32768,
        2147483647,
        NaN,
        n(0n, -1),
        'B',
        2147483647,
        -(2n ** 63n),
        null,
        null,
      ],
      [3n, null, null, null, null, null, null, null, null, null, null],
    ],
    [1, 1, 1],
  );
  await fixture.committer(1).commit(
    [
      ['red', 2n],
      [null, 1n],
      ['x'.repeat(5000), 3n],
    ],
    [1, 1, 1],
  );
  await fixture.committer(2).commit([['hello', 1n]], [1]);
});
afterAll(() => fixture.close());

const query = (text: string, variables: object = {}) => ask(fixture.url, text, variables);
const ids = async (args: string, variables: object = {}, head = ''): Promise<unknown> => {
  const answer = await query(`query ${head} { things${args} { id } }`, variables);
  return answer.errors.length > 0
    ? answer.errors[0]
    : (answer.data['things'] as { id: string }[]).map((row) => row.id);
};

describe('values', () => {
  test('every type, exactly', async () => {
    const { data, errors } = await query(
      '{ things(order_by: [{ id: asc }]) { id b s i d n t day at atz span } }',
    );
    expect(errors).toEqual([]);
    expect(data['things']).toEqual([
      {
        id: '1',
        b: true,
        s: 1,
        i: 2,
        d: 1.5,
        n: '1.10',
        t: 'a',
        day: '2022-01-08',
        at: '2020-09-13T12:26:40.123456',
        atz: '2020-09-13T12:26:40Z',
        span: '1 mon 2 days 00:00:03',
      },
      {
        id: '3',
        b: null,
        s: null,
        i: null,
        d: null,
        n: null,
        t: null,
        day: null,
        at: null,
        atz: null,
        span: null,
      },
      {
        id: '9007199254740993',
        b: null,
        s: -32768,
        i: 2147483647,
        d: 'NaN',
        n: 'NaN',
        t: 'B',
        day: 'infinity',
        at: '-infinity',
        atz: null,
        span: null,
      },
    ]);
  });

  test('variables and literals of every type filter', async () => {
    expect(await ids('(where: { id: { _eq: "9007199254740993" } })')).toEqual(['9007199254740993']);
    expect(await ids('(where: { id: { _eq: 9007199254740993 } })')).toEqual(['9007199254740993']);
    expect(
      await ids(
        '(where: $w)',
        { w: { at: { _lte: '2020-09-13T12:26:40.123456' }, n: { _eq: '1.1' } } },
        '($w: things_where)',
      ),
    ).toEqual(['1']);
    expect(await ids('(where: { span: { _eq: "32 days 3 seconds" } })')).toEqual(['1']);
    expect(await ids('(where: { d: { _gt: 1e300 } })')).toEqual(['9007199254740993']);
    expect(await ids('(where: { id: { _eq: "9223372036854775808" } })')).toMatchObject({
      extensions: { code: 'INVALID_VALUE' },
    });
    expect(await ids('(where: { s: { _eq: 40000 } })')).toMatchObject({
      extensions: { code: 'INVALID_VALUE' },
    });
  });
});

describe('where, order, pages', () => {
  test('logic is three-valued', async () => {
    expect(await ids('(where: { b: { _is_null: true } })')).toEqual(['3', '9007199254740993']);
    expect(await ids('(where: { _not: { t: { _eq: "a" } } })')).toEqual(['9007199254740993']);
    expect(await ids('(where: { _or: [{ t: { _ilike: "b" } }, { id: { _in: [1] } }] })')).toEqual([
      '1',
      '9007199254740993',
    ]);
    expect(await ids('(where: { t: { _nin: [] } })')).toEqual(['1', '3', '9007199254740993']);
    expect(await ids('(where: { t: { _eq: null } })')).toMatchObject({
      extensions: { code: 'INVALID_FILTER', hint: expect.stringContaining('_is_null') as string },
    });
    expect(await ids('(where: { t: { _like: "a\\\\" } })')).toMatchObject({
      extensions: { code: 'INVALID_FILTER' },
    });
  });

  test('order and pages', async () => {
    expect(await ids('(order_by: [{ t: asc }])')).toEqual(['9007199254740993', '1', '3']);
    expect(await ids('(order_by: [{ t: desc_nulls_last }])')).toEqual(['1', '9007199254740993', '3']);
    expect(await ids('(limit: 1, offset: 1)')).toEqual(['3']);
    expect(await ids('(order_by: [{ t: asc, b: asc }])')).toMatchObject({
      extensions: { code: 'INVALID_ORDER' },
    });
    expect(await ids('(limit: 5000)')).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } });
    expect(await ids('(offset: -1)')).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } });
  });

  test('by key: natural, wide, NULL, hashed; aggregates', async () => {
    const { data, errors } = await query(
      `query ($long: String) { a: things_by_key(id: 3) { id } none: things_by_key(id: 4) { id }
        red: by_colour_by_key(colour: "red") { count } null: by_colour_by_key { count } long: by_colour_by_key(colour: $long) { count }
        all: things_aggregate { count } some: things_aggregate(where: { b: { _eq: true } }) { count } events: other_events { what } }`,
      { long: 'x'.repeat(5000) },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      a: { id: '3' },
      none: null,
      red: { count: '2' },
      null: { count: '1' },
      long: { count: '3' },
      all: { count: '3' },
      some: { count: '1' },
      events: [{ what: 'hello' }],
    });
    expect((await query('{ other_events_by_key { what } }')).errors[0]!.message).toMatch(
      /Cannot query field/,
    );
  });
});

describe('catalog, statements, errors', () => {
  test('catalog, pipelines, lag', async () => {
    await fixture.pool.query(
      `INSERT INTO millrace.partition_progress VALUES (1, 7, 0, 5, 12, NULL, '2020-01-01', false)`,
    );
    const { data, errors } = await query(
      '{ catalog { kind schema name key columns { name type } pipeline } pipelines { name state members } lag { pipeline source partition nextOffset lag maxEventTime idle } }',
    );
    expect(errors).toEqual([]);
    expect(data['catalog']).toHaveLength(3);
    expect((data['catalog'] as object[])[1]).toEqual({
      kind: 'materialized view',
      schema: 'public',
      name: 'by colour',
      key: ['colour'],
      columns: [
        { name: 'colour', type: 'text' },
        { name: 'count', type: 'bigint' },
      ],
      pipeline: 'p2',
    });
    expect(data['pipelines']).toEqual([{ name: 'things', state: 'running', members: ['things'] }]);
    expect(data['lag']).toEqual([
      {
        pipeline: 'things',
        source: '7',
        partition: 0,
        nextOffset: '5',
        lag: '7',
        maxEventTime: '2020-01-01T00:00:00Z',
        idle: false,
      },
    ]);
  });

  test('an error in SQL has its code, place and hint, and no stack', async () => {
    const { data, errors } = await query(
      'mutation { submit(sql: "SHOW TABLES;\\n  CREATE NONSENSE x") { command } }',
    );
    expect(data).toBe(null);
    expect(errors[0]!.extensions).toMatchObject({
      code: expect.stringMatching(/^[A-Z_]+$/) as string,
      line: 2,
      column: expect.any(Number) as number,
    });
    expect(JSON.stringify(errors)).not.toMatch(/\.ts:|stack/);
  });

  test('a defect is logged and not shown', async () => {
    const { errors } = await query('mutation { submit(sql: "defect") { command } }');
    expect(errors[0]).toMatchObject({ message: 'internal error', extensions: { code: 'INTERNAL' } });
    expect(fixture.defects.splice(0)).toHaveLength(1);
  });

  test('drop, pause and resume say it in SQL; explain changes nothing', async () => {
    fixture.control.submitted.length = 0;
    const { errors } = await query(
      'mutation { pause(name: "things") { command } resume(name: "events", schema: "other") { command } drop(name: "by colour") { command } }',
    );
    expect(errors).toEqual([]);
    expect(fixture.control.submitted).toEqual([
      'graphql: ALTER MATERIALIZED VIEW public.things PAUSE',
      'graphql: ALTER MATERIALIZED VIEW other.events RESUME',
      'graphql: DROP MATERIALIZED VIEW public."by colour"',
    ]);
    const near = await query('mutation { drop(name: "thinks") { command } }');
    expect(near.errors[0]!.extensions).toMatchObject({
      code: 'UNKNOWN_RELATION',
      hint: 'did you mean "things"?',
    });
    const text = await query('{ explain(sql: "SELECT t, count(*) FROM things GROUP BY t", stage: logical) }');
    expect(text.errors.length === 0 ? text.data['explain'] : text.errors[0]!.extensions['code']).toEqual(
      expect.any(String),
    );
    const two = await query('{ explain(sql: "SELECT 1; DROP MATERIALIZED VIEW things") }');
    expect(two.errors).toHaveLength(1);
    expect(fixture.control.submitted).toHaveLength(3);
  });

  test('the schema follows the catalog', async () => {
    const before = fixture.control.catalog;
    fixture.control.become(catalogOf(VIEWS.slice(0, 1), 10));
    expect((await query('{ by_colour { colour } }')).errors[0]!.extensions['code']).toBe('INVALID_DOCUMENT');
    fixture.control.become(before);
    expect((await query('{ by_colour { colour } }')).errors).toEqual([]);
  });
});

describe('limits', () => {
  test('depth, complexity, conditions, size of the body, tokens', async () => {
    const code = async (text: string) => (await query(text)).errors[0]?.extensions['code'];
    const many = Array.from({ length: 100 }, (_, i) => `a${i}: things(limit: 1000) { id b s i d }`).join(' ');
    expect(await code(`{ ${many} }`)).toBe('LIMIT_EXCEEDED');
    expect(await code(`query { ...f } fragment f on Query { ${many} }`)).toBe('LIMIT_EXCEEDED');
    const deep = '{ _not: '.repeat(300) + '{ id: { _eq: 1 } }' + ' }'.repeat(300);
    expect(await code(`{ things(where: ${deep}) { id } }`)).toBe('LIMIT_EXCEEDED');
    expect(
      await code(
        `{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } }`,
      ),
    ).toBeDefined();
    expect(await code(`{ ${'things { id } '.repeat(5000)} }`)).toBeDefined();
    const large = await ask(fixture.url, `{ catalog { name } } # ${'x'.repeat(2 << 20)}`);
    expect(large.status).toBe(413);
  });

  test('a slow statement is stopped', async () => {
    const { url, close } = await fixture.restart({ limits: { statementTimeoutMs: 50 } });
    const locked = await fixture.pool.transaction(async (connection) => {
      await connection.query('LOCK TABLE millrace_data.things_1 IN ACCESS EXCLUSIVE MODE');
      return ask(url, '{ things { id } }');
    });
    expect(locked.errors[0]!.extensions['code']).toBe('QUERY_TIMEOUT');
    await close();
  });
});

test('a request that reads twice reads one snapshot', async () => {
  const committer = fixture.committer(1);
  let stop = false;
  const committing = (async () => {
    for (let i = 0; !stop; i++) await committer.commit([[`c${i}`, 1n]], [1]);
  })();
  for (let i = 0; i < 20; i++) {
    const { data } = await query(
      '{ a: by_colour_aggregate { count } b: by_colour_aggregate { count } c: by_colour_aggregate { count } }',
    );
    const [a, b, c] = ['a', 'b', 'c'].map((name) => (data[name] as { count: string }).count);
    expect([b, c]).toEqual([a, a]);
  }
  stop = true;
  await committing;
});
