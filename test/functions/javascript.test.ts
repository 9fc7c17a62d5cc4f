// Functions in JavaScript: what they are given and what becomes of what they give, by type; and that whatever they do is an error of a
// row, which ends when the row is taken back.

import { describe, expect, test } from 'vitest';
import { callScript } from '../../src/expr/sandbox/sandbox.ts';
import { parseValue } from '../../src/data/text-forms.ts';
import type { SqlType } from '../../src/data/types.ts';
import { testSeed } from '../setup/seed.ts';
import { ViewRun } from '../windows/view-run.ts';
import { randomRows, SOURCES } from './script.ts';

const input = randomRows(testSeed(), 60);

function js(head: string, body: string): string {
  return `CREATE FUNCTION ${head} LANGUAGE javascript AS $$ ${body} $$;`;
}

function run(functions: string, query: string): ViewRun {
  const view = new ViewRun(`${SOURCES}\n${functions}\nCREATE MATERIALIZED VIEW v AS ${query};`);
  view.push(input.s, 's');
  view.endEpoch(null);
  return view;
}

const TYPES = `CREATE SOURCE k (b BOOLEAN, i INTEGER, l BIGINT, d DOUBLE PRECISION, n NUMERIC, t TEXT, day DATE, ts TIMESTAMP, tz TIMESTAMPTZ,
  v INTERVAL, u UUID, j JSONB) WITH (connector = 'kafka', topic = 'k') FORMAT PLAIN ENCODE JSON;`;

/** A column, its type, a value of it, and what JavaScript has for that. */
const GIVEN: readonly (readonly [column: string, type: SqlType, text: string, shown: string])[] = [
  ['b', { kind: 'boolean' }, 't', 'boolean true'],
  ['i', { kind: 'integer' }, '-7', 'number -7'],
  ['l', { kind: 'bigint' }, '9223372036854775807', 'bigint 9223372036854775807'],
  ['d', { kind: 'double' }, '0.1', 'number 0.1'],
  ['d', { kind: 'double' }, '-Infinity', 'number -Infinity'],
  ['n', { kind: 'numeric' }, '12345678901234567890.50', 'string 12345678901234567890.50'],
  ['t', { kind: 'text' }, 'h\u00e9 \u{1f600} "', 'string h\u00e9 \u{1f600} "'],
  ['day', { kind: 'date' }, '2026-11-25', 'string 2026-11-25'],
  ['ts', { kind: 'timestamp' }, '2026-11-25 10:00:00.5', 'string 2026-11-25 10:00:00.5'],
  ['tz', { kind: 'timestamptz' }, '2026-11-25 10:00:00+02', 'string 2026-11-25 08:00:00+00'],
  ['v', { kind: 'interval' }, '1 day 02:00:00', 'string 1 day 02:00:00'],
  [
    'u',
    { kind: 'uuid' },
    '00000000-0000-0000-0000-00000000000a',
    'string 00000000-0000-0000-0000-00000000000a',
  ],
  ['j', { kind: 'jsonb' }, '{"a": [1, null]}', 'object [object Object]'],
];

const SQL_NAMES: Readonly<Record<string, string>> = { double: 'double precision' };

describe('what a script is given', () => {
  test.each(GIVEN)('%s %o %s', (column, type, text, shown) => {
    const sqlType = SQL_NAMES[type.kind] ?? type.kind;
    const view = new ViewRun(
      `${TYPES}
       ${js(`shown(x ${sqlType}) RETURNS text`, "return typeof x + ' ' + String(x)")}
       ${js(`same(x ${sqlType}) RETURNS ${sqlType}`, 'return x')}
       CREATE MATERIALIZED VIEW v AS SELECT shown(${column}) AS s, same(${column})::text = ${column}::text AS e, same(NULL) AS n FROM k;`,
    );
    const none = {
      b: null,
      i: null,
      l: null,
      d: null,
      n: null,
      t: null,
      day: null,
      ts: null,
      tz: null,
      v: null,
      u: null,
      j: null,
    };
    view.push([{ ...none, [column]: parseValue(text, type) }]);
    view.endEpoch(null);
    expect(view.errors).toEqual(new Map());
    expect(view.rows()).toEqual([`${shown} | t | NULL`]);
  });
});

describe('what becomes of what a script gives', () => {
  const row = (returns: string, body: string): string => {
    const view = run(
      js(`f(a bigint) RETURNS ${returns}`, body),
      'SELECT DISTINCT f(1)::text AS v FROM s WHERE f(b) IS NULL OR true',
    );
    return [...view.rows(), ...[...view.errors.keys()].map((text) => text.split(': {')[0]!)].join();
  };
  const constant = (returns: string, body: string): string => {
    try {
      return row(returns, body);
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each([
    ['bigint', 'return 9223372036854775807n', '9223372036854775807'],
    ['bigint', 'return 2 ** 53 - 1', '9007199254740991'],
    [
      'bigint',
      'return 2 ** 53',
      'function f: TypeError: the value for bigint is no whole number that is exact: 9007199254740992',
    ],
    ['bigint', 'return 9223372036854775808n', 'value "9223372036854775808" is out of range for type bigint'],
    ['smallint', 'return 32768', 'value "32768" is out of range for type smallint'],
    [
      'integer',
      'return "1"',
      'function f: TypeError: the value for integer is no whole number that is exact: "1"',
    ],
    ['double precision', 'return 0 / 0', 'NaN'],
    ['double precision', 'return 1n', 'function f: TypeError: the value for double is no number: 1'],
    ['numeric', 'return "1.50"', '1.50'],
    ['numeric', 'return 0.1 + 0.2', '0.30000000000000004'],
    ['numeric', 'return "x"', 'invalid input syntax for type numeric: "x"'],
    ['boolean', 'return a === 1n', 'true'],
    ['boolean', 'return 1', 'function f: TypeError: the value for boolean is neither true nor false: 1'],
    ['text', 'return null', ''],
    ['text', 'return', 'function f: TypeError: the value for text is no string: undefined'],
    [
      'text',
      'return "\\ud800"',
      'function f: TypeError: the string for text has a zero character or half of a surrogate pair',
    ],
    [
      'text',
      'return "\\0"',
      'function f: TypeError: the string for text has a zero character or half of a surrogate pair',
    ],
    ['jsonb', 'return { b: [1, "x", null], a: a === 1n }', '{"a": true, "b": [1, "x", null]}'],
    ['jsonb', 'return a', 'function f: TypeError: Do not know how to serialize a BigInt'],
    [
      'jsonb',
      'return undefined',
      'function f: TypeError: the value for jsonb is nothing that JSON has: undefined',
    ],
    ['date', 'return "2026-11-25"', '2026-11-25'],
    [
      'date',
      'return "no day"',
      'invalid input syntax for type date: "no day" (only ISO 8601 forms are read)',
    ],
    ['timestamptz', 'return "2026-11-25T10:00:00Z"', '2026-11-25 10:00:00+00'],
  ])('%s: %s', (returns, body, expected) => {
    // A call of constants is computed when it is submitted.
    const said = constant(returns, body);
    expect(said === 'NULL' ? '' : said).toBe(expected);
  });
});

describe('STRICT, defaults, names, and functions of functions', () => {
  test('a script is asked for rows with all arguments', () => {
    const view = run(
      `${js('f(a bigint, t text) RETURNS text STRICT', 'return t + a')} ${js("g(a bigint, t text DEFAULT 'd') RETURNS text", 'return String(a) + t')}
       CREATE FUNCTION h(a bigint) RETURNS text LANGUAGE sql RETURN g(a) || '/' || coalesce(f(a, t => 'z'), '-');`,
      'SELECT a, t, f(a, t) AS f, g(t => t, a => a) AS g, h(a) AS h FROM s',
    );
    const expected = input.s.map(({ a, t }) =>
      [
        a ?? 'NULL',
        t ?? 'NULL',
        a === null || t === null ? 'NULL' : `${String(t)}${String(a)}`,
        `${String(a)}${String(t)}`,
        `${String(a)}d/${a === null ? '-' : `z${String(a)}`}`,
      ].join(' | '),
    );
    expect(view.errors).toEqual(new Map());
    expect(view.rows()).toEqual(expected.sort());
  });
});

/** What a body comes to when it is called, twice: alone and after itself. */
function outcome(body: string, args: readonly (string | null)[] = ['a']): string {
  const parameters = args.map((_, i) => ({ name: `p${i}`, type: 'text' }));
  const definition = JSON.stringify({ name: 'f', parameters, returns: 'text', body });
  const once = (): string => {
    try {
      return callScript(definition, JSON.stringify(args)) ?? 'NULL';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const first = once();
  expect(once()).toBe(first);
  return first;
}

describe('scripts that mean harm', () => {
  test('reach nothing outside', () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'Date',
      'console',
      'setTimeout',
      'WebAssembly',
      'Promise',
      'performance',
    ];
    expect(
      outcome(`return [${names.map((name) => `typeof ${name}`).join()}, typeof Math.random].join()`),
    ).toBe([...names, 'random'].map(() => 'undefined').join());
    expect(outcome('return this.constructor.constructor("return process")()')).toMatch(/of undefined/);
    expect(outcome('return [].constructor.constructor("return process")()')).toMatch(
      /'process' is not defined/,
    );
    expect(outcome('return (0, eval)("typeof process + typeof globalThis.process")')).toBe(
      'undefinedundefined',
    );
    expect(outcome('return import("node:fs")')).toMatch(/TypeError|SyntaxError/);
    expect(
      outcome(
        'return Object.getOwnPropertyNames(globalThis).filter((n) => /host|node|module/i.test(n)).join()',
      ),
    ).toBe('');
  });

  test('leave nothing for the next call', () => {
    const keeps = [
      'globalThis.k = (globalThis.k ?? 0) + 1; return String(globalThis.k)',
      'Array.prototype.k = 1; return "kept"',
      '({}).__proto__.polluted = "yes"; return String(({}).polluted)',
      'Object.prototype.__proto__ = { k: 1 }; return "kept"',
      'Object.defineProperty(String.prototype, "k", { value: 1 }); return "kept"',
      'Map.prototype.get.k = 1; return "kept"',
      '(function* () {}).constructor.prototype.k = 1; return "kept"',
      '[].values().__proto__.k = 1; return "kept"',
      '(0, eval)("var k = 1"); return "kept"',
      'Math.k = 1; return "kept"',
    ];
    for (const body of keeps) expect(outcome(body), body).toMatch(/TypeError/);
    expect(outcome('(0, eval)("let k = 1"); return "let"')).toBe('let');
    expect(outcome('return typeof k')).toBe('undefined');
    expect(outcome('return JSON.parse(\'{"__proto__": {"y": 1}}\').y + ""')).toBe('undefined');
  });

  test('come to an end, each time the same', { timeout: 60_000 }, () => {
    const steps = /^function f: it takes more than 200,000 steps$/;
    expect(outcome('for (;;) {}')).toMatch(steps);
    expect(outcome('while (true) try { for (;;) {} } catch {} finally { continue }')).toMatch(steps);
    expect(outcome('return String(/^(a+)+$/.test("a".repeat(40) + "b"))')).toMatch(steps);
    expect(outcome('return new Proxy({}, { get() { for (;;) {} } }) + ""')).toMatch(steps);
    expect(outcome('throw { get message() { for (;;) {} } }')).toBe('function f: thrown: an object');
    expect(outcome('return String(Array(30).fill(2n ** 1000000n))')).toBe(
      'function f: it takes longer than 3000 ms',
    );
    expect(outcome('return "the next one"')).toBe('the next one');
    expect(outcome('return (function f() { return f() })()')).toMatch(/stack overflow/);
    expect(outcome('return JSON.parse("[".repeat(100000))')).toMatch(/stack overflow/);
  });

  test('get no more memory than there is for them', { timeout: 60_000 }, () => {
    const out = /out of memory/;
    expect(outcome('return "x".repeat(2 ** 28)')).toMatch(out);
    expect(outcome('const all = []; for (;;) all.push(new Uint8Array(100000))')).toMatch(out);
    expect(outcome('return String(new Array(1e9).fill(0).length)')).toMatch(out);
    expect(outcome('return "the next one"')).toBe('the next one');
  });

  test('throw what they like', () => {
    expect(outcome('throw new RangeError("r")')).toBe('function f: RangeError: r');
    expect(outcome('throw "text"')).toBe('function f: thrown: "text"');
    expect(outcome('throw { toString() { throw 1 } }')).toBe('function f: thrown: an object');
    expect(outcome('throw Symbol("s")')).toBe('function f: thrown: Symbol(s)');
    expect(outcome('return p0.repeat(2_000_000)')).toMatch(/more than|larger than 1 MB/);
    expect(outcome('return "ok"', ['x'.repeat(2_000_000)])).toBe(
      'the arguments of a function are larger than 1 MB',
    );
  });
});

describe('rows for which a script fails', () => {
  test('are errors until they are taken back, whatever stopped the script', { timeout: 60_000 }, () => {
    const bodies = [
      'throw new Error("odd")',
      'for (;;) {}',
      'const all = []; for (;;) all.push(new Uint8Array(100000))',
      'return 1.5',
    ];
    for (const body of bodies) {
      const functions = js('f(n bigint) RETURNS bigint', `if (n % 2n === 0n) return n; ${body}`);
      const view = new ViewRun(
        `${SOURCES} ${functions} CREATE MATERIALIZED VIEW v AS SELECT b, f(count(*)) AS n FROM s GROUP BY b;`,
      );
      for (let n = 1; n <= 4; n++) {
        view.push(input.s.filter(({ b }) => b === 1n).slice(0, 1), 's');
        view.endEpoch(null);
        const isOdd = n % 2 === 1;
        expect([...view.errors.values()], `${body}, ${n} rows`).toEqual(isOdd ? [1] : []);
        expect(view.rows()).toEqual(isOdd ? [] : [`1 | ${n}`]);
      }
    }
  });
});
