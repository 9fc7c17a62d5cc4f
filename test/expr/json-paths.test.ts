// jsonpath against the real Postgres: chosen paths over chosen documents, and random ones; lax and strict, silent and not.

import { expect, test } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';
import { randomSource } from './random-expressions.ts';

const oracle = useOracle();

const SEED = testSeed();

const DOCUMENTS: readonly Outcome[] = [
  ...[
    null,
    'null',
    'true',
    '1',
    '-2.50',
    '"abc"',
    '"12"',
    '" 1.5 "',
    '[]',
    '{}',
    '[1, 2, 3]',
    '[[1, [2]], {"a": [3, 4]}, "x", null]',
  ],
  ...[
    '{"a": 1, "b": [1, "2", null, true, {"a": 5}], "c": {"a": {"a": 7}}}',
    '{"a": [{"b": 1}, {"b": 2}, {"c": 3}]}',
    '[{"a": 2}, {"a": 10}, {"a": "x"}]',
  ],
  ...[
    '["abc", "abd", "ABC", "b\\nc", "äb"]',
    '[1.5, -1.5, 0, 1e2, 12345678901234567890]',
    '{"": 1, "x y": 2, "$": 3, "size": 4}',
    '[true, false, null, "true", "off", 2]',
  ],
];

const PATHS = String.raw`
$
$.a
$.b
$.a.b
$."x y"
$.""
$.size
$.size()
$.type()
$.*
$.*.type()
$[*]
$[*].a
$[0]
$[last]
$[1 to last]
$[0, 2]
$[last - 1]
$[1.7]
$[-1]
$[5]
$["a"]
$.b[*]
$.b[last].a
$.**
$.**.a
$.**{1}
$.**{2}.type()
$.**{1 to 2}
$.**{last}
$.**{0 to last}
$.a + 1
$.a * 2 - 3
-$.a
+$[*]
-$[*]
$[0] / $[1]
$[0] / 0
$[0] % 2
1 + 2 * 3
(1 + 2) * 3
-(1)
$.abs()
$[*].abs()
$[*].floor()
$[*].ceiling()
$[*].double()
$[*].bigint()
$[*].integer()
$[*].number()
$[*].boolean()
$[*].string()
$[*].decimal()
$[*].decimal(4, 1)
$[*].decimal(2)
$.double()
$.string()
$.boolean()
$.decimal(3, -1)
$.decimal(0)
$.a > 1
$.a == 1
$.a != 1
$.a == null
$[*] > 1
$[*] < "b"
$ == $
$ ? (@ > 1)
$[*] ? (@ > 1)
$[*] ? (@.a > 1)
$[*].a ? (@ > 1)
$.a[*] ? (@.b == 2).b
$.** ? (@ == 1)
$[*] ? (@ starts with "ab")
$[*] ? (@ like_regex "^a")
$[*] ? (@ like_regex "^AB" flag "i")
$[*] ? (@ like_regex "b.c")
$[*] ? (@ like_regex "b.c" flag "s")
$[*] ? (@ like_regex "a[^x]" flag "q")
$[*] ? (exists (@.a))
$ ? (exists (@.b[*] ? (@ == 1)))
$[*] ? (!(@ == 1))
$[*] ? ((@ > 1) is unknown)
$[*] ? (@ > 1 && @ < 3 || @ == "x")
$[*] ? (@ == $v)
$[*] ? (@ > $"v")
$v
$x
$x + 1
$[$v]
exists($.a)
!exists($.a)
!($.a == 1)
($.a == 1).type()
($.a > 0 && $.b == 1) is unknown
$.a starts with "a"
$[*] like_regex "c$"
$ ? (@.a ? (@ > 0) == 1)
$[*] ? (@.type() == "number") * 2
$.a.a.a
$.c.a.a
lax $[0][0][0]
null
true
"abc"
1.50
0x1F
1e3
$.b[0 to 2].type()
$[*].size()
($[*]).a
$.a /* comment */ . b
$  .  a
$.A
$ ? ((@.a == 1) && (@.b[0] == 1))
$[last ? (@ > 0)]
$.a.keyvalue()
$.datetime()
@
last
$.
$..a
$.a b
$[
$ ? @ > 1
1 2
01
1_000
"\u0041\x42\t"
$.a == 1 == true
$ ? (@ like_regex "(")
$ ? (@ like_regex "a" flag "z")
!$.a
$.a && $.b
strict
`.trim().split('\n'); // prettier-ignore

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** What is silent fails for nothing but a variable that is lacking, so several answers stand side by side. */
function expressionsOf(paths: readonly string[]): string {
  const loud = `'{"v": 2, "x": [1, "a"]}'`;
  const silent = `'{"v": 2}', true`;
  return paths
    .map(quoted)
    .flatMap((path) => [
      ...['exists', 'match', 'query_array'].map((name) => `jsonb_path_${name}(c0, ${path}, ${loud})`),
      `ARRAY[jsonb_path_query_array(c0, ${path}, ${silent}), jsonb_path_query_first(c0, ${path}, ${silent})]`,
      `ARRAY[jsonb_path_exists(c0, ${path}, ${silent}), jsonb_path_match(c0, ${path}, ${silent}), c0 @? ${path}, c0 @@ ${path}]`,
    ])
    .join('\n');
}

/** What is refused by name here. */
function isRefused(line: string): boolean {
  return /UNSUPPORTED_FUNCTION (method \w+\(\)|the flag)/.test(line);
}

test.each(['lax', 'strict'])('%s paths', { timeout: 120_000 }, async (mode) => {
  const paths = PATHS.map((path) => (mode === 'lax' || /^(lax|strict)/.test(path) ? path : `strict ${path}`));
  const rows = DOCUMENTS.map((document) => [document]);
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['jsonb'], rows, expressions: expressionsOf(paths) },
  ]);
  expect(found.filter((line) => !isRefused(line))).toEqual([]);
  expect(cases).toBeGreaterThan(10_000);
});

test('variables, silence and other arguments', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['jsonb', 'jsonb', 'boolean'],
      expressions: `jsonb_path_query_first(c0, '$.a + $v', c1, c2)\njsonb_path_exists(c0, '$ ? (@ == $v)', c1, c2)
                    jsonb_path_match(c0, '$ == $v', c1, c2)\njsonb_path_query_array(c0, 'strict $.a', c1, c2)
                    jsonb_path_exists_tz(c0, 'strict $.a.b', c1, c2)\njsonb_path_match_tz(c0, '$.a > 0', c1, c2)
                    jsonb_path_query_first_tz(c0, '$.*', c1)\njsonb_path_query_array_tz(c0, '$[*]')`,
    },
    {
      kinds: ['jsonb'],
      expressions: `jsonb_path_query_first(c0, NULL)\nc0 @? '$.a'\nc0 @@ '$.a == 1'\nc0 @? NULL`,
    },
    { kinds: ['jsonb', 'text'], expressions: `jsonb_path_exists(c0, c1)\nc0 @? c1` },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(2000);
});

/** Random paths, most of which are well-formed. */
class PathSource {
  readonly #random = randomSource(SEED);

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  value(depth: number, inFilter: boolean): string {
    const start = this.#pick(
      inFilter ? ['@', '@', '@', '$', '1', '"a"', 'null'] : ['$', '$', '$', '$', '2', '"x"'],
    );
    if (depth <= 0) return start;
    const roll = this.#random();
    if (roll < 0.15)
      return `(${this.value(depth - 1, inFilter)} ${this.#pick(['+', '-', '*', '/', '%'])} ${this.value(depth - 1, inFilter)})`;
    if (roll < 0.2) return `-${this.value(depth - 1, inFilter)}`;
    const steps = Array.from({ length: Math.floor(this.#random() * 3) }, () => this.step(depth - 1));
    return `${/^\d/.test(start) ? `(${start})` : start}${steps.join('')}`;
  }

  step(depth: number): string {
    return this.#pick([
      () => '.a',
      () => '.b',
      () => '.*',
      () => '[*]',
      () => '[0]',
      () => '[last]',
      () => `[${this.value(0, false)} to ${this.#pick(['last', '1', '2'])}]`,
      () => '.**',
      () =>
        this.#pick([
          '.type()',
          '.size()',
          '.double()',
          '.abs()',
          '.string()',
          '.number()',
          '.integer()',
          '.boolean()',
        ]),
      () => ` ? (${this.condition(depth)})`,
    ])();
  }

  condition(depth: number): string {
    const value = (): string => this.value(depth - 1, true);
    if (depth <= 0)
      return `@ ${this.#pick(['==', '<>', '<', '>', '<=', '>='])} ${this.#pick(['1', '2', '"a"', 'null', 'true'])}`;
    return this.#pick([
      () => `${value()} ${this.#pick(['==', '!=', '<', '>'])} ${value()}`,
      () => `${this.condition(depth - 1)} && ${this.condition(depth - 1)}`,
      () => `${this.condition(depth - 1)} || ${this.condition(depth - 1)}`,
      () => `!(${this.condition(depth - 1)})`,
      () => `(${this.condition(depth - 1)}) is unknown`,
      () => `exists (${value()})`,
      () => `${value()} starts with "a"`,
      () => `${value()} like_regex "^[ab]"`,
    ])();
  }

  path(): string {
    const mode = this.#pick(['', '', 'strict ', 'lax ']);
    return mode + (this.#random() < 0.8 ? this.value(3, false) : this.condition(2).replaceAll('@', '$'));
  }
}

test(`random paths, seed ${SEED}`, { timeout: 120_000 }, async () => {
  const source = new PathSource();
  const paths = Array.from({ length: 80 }, () => source.path());
  const rows = DOCUMENTS.map((document) => [document]);
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['jsonb'], rows, expressions: expressionsOf(paths) },
  ]);
  expect(found.filter((line) => !isRefused(line))).toEqual([]);
  expect(cases).toBeGreaterThan(7000);
});
