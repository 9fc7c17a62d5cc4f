// A query written from its tree and read again is the same tree, and PostgreSQL's grammar sees the same query in both
// texts: nothing is lost, nothing regrouped.

import { parseSync } from 'libpg-query';
import { describe, expect, test } from 'vitest';
import { deparseExpression, deparseQuery } from '../../src/sql/deparse.ts';
import { parseExpression, parseQuery } from '../../src/sql/parse.ts';
import { corpus, withoutSpans } from './tree.ts';

type Raw = Record<string, unknown>;

const PLACES = new Set(['location', 'stmt_len', 'stmt_location', 'list_start', 'list_end']);
const SPELLINGS = new Set(['funcformat', 'rexpr_list_start', 'rexpr_list_end']);

/** The grammar's tree without places and without what only tells two spellings of the same apart. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isCatalogName(item)).map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Raw).flatMap(([key, inner]): [string, unknown][] => {
    if (PLACES.has(key) || SPELLINGS.has(key)) return [];
    // BETWEEN … AND CURRENT ROW is what a frame without BETWEEN means.
    if (key === 'frameOptions') return [[key, (inner as number) & ~0x10]];
    if (key === 'sortby_dir' && inner === 'SORTBY_ASC') return [[key, 'SORTBY_DEFAULT']];
    // LIMIT ALL and LIMIT NULL are no limit.
    if (key === 'limitCount' && JSON.stringify(inner).includes('"isnull":true')) return [];
    if (key === 'limitOption') return inner === 'LIMIT_OPTION_WITH_TIES' ? [[key, inner]] : [];
    return [[key, essence(inner)]];
  });
  return flatIndirection(Object.fromEntries(entries));
}

function isCatalogName(item: unknown): boolean {
  return JSON.stringify(item) === '{"String":{"sval":"pg_catalog"}}';
}

/** `((a).b).c` and `(a).b.c` are the same path. */
function flatIndirection(node: Raw): Raw {
  const outer = node['A_Indirection'] as { arg: Raw; indirection: unknown[] } | undefined;
  const inner = outer?.arg['A_Indirection'] as { arg: Raw; indirection: unknown[] } | undefined;
  if (outer === undefined || inner === undefined) return node;
  return { A_Indirection: { arg: inner.arg, indirection: [...inner.indirection, ...outer.indirection] } };
}

const queries = corpus();

test('the corpus is large', () => {
  expect(queries.length).toBeGreaterThanOrEqual(300);
});

describe('a query written from its tree', () => {
  test.each(queries)('$sql', ({ sql, ours }) => {
    const tree = parseQuery(sql);
    const written = deparseQuery(tree);
    expect(withoutSpans(parseQuery(written)), written).toEqual(withoutSpans(tree));
    expect(deparseQuery(parseQuery(written))).toBe(written);
    if (ours) return;
    expect(essence(parseSync(written)), written).toEqual(essence(parseSync(sql)));
  });
});

test.each([
  'a + b * c',
  "'é' || x",
  'count(*) FILTER (WHERE a)',
  '(SELECT 1)',
  "INTERVAL '1' DAY",
  'a.b[1].c',
])('the expression %s', (sql) => {
  const tree = parseExpression(sql);
  expect(withoutSpans(parseExpression(deparseExpression(tree)))).toEqual(withoutSpans(tree));
});
