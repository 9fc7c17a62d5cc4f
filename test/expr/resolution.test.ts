// Type resolution against the real Postgres: which combinations of argument types are accepted, and what type comes out. What
// Postgres accepts and Millrace lacks must be refused; a different choice is never made.

import { beforeAll, expect, test } from 'vitest';
import { MillraceError } from '../../src/errors.ts';
import type { ScalarKind, SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import { bindCase, bindCoalesce, bindFunction, bindGreatest, bindOperator } from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { AGGREGATES, isOrderedSet } from '../../src/expr/resolve/aggregate-names.ts';
import { resolveAggregate } from '../../src/expr/resolve/aggregates.ts';
import { functionNames } from '../../src/expr/resolve/candidates.ts';
import type { Operand } from '../../src/expr/resolve/operand.ts';
import { argTypeOf, untyped } from '../../src/expr/resolve/operand.ts';
import { resolveCast } from '../../src/expr/resolve/casts.ts';
import { OPERATOR_NAMES } from './catalog-text.ts';
import { useOracle } from './compare.ts';
import { EDGE_VALUES } from './edge-values.ts';

const oracle = useOracle();
beforeAll(async () => {
  await oracle.client.query(`CREATE FUNCTION type_of(expr text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN EXECUTE 'SELECT pg_typeof(' || expr || ')::text' INTO found; RETURN found;
    EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$`);
});

const KINDS = Object.keys(EDGE_VALUES) as ScalarKind[];
const ARGS: readonly (ScalarKind | 'unknown')[] = [...KINDS, 'unknown'];

function operand(kind: ScalarKind | 'unknown'): Operand {
  if (kind === 'unknown') return untyped(null);
  const type: SqlType = { kind };
  return { kind: 'column', index: 0, name: 'c', type, nullable: true };
}

function sql(kind: ScalarKind | 'unknown'): string {
  return kind === 'unknown' ? 'NULL' : `NULL::${typeName({ kind })}`;
}

interface Case {
  readonly sql: string;
  readonly bind: () => SqlType;
}

const SQLSTATES: Readonly<Record<string, readonly string[]>> = {
  UNKNOWN_FUNCTION: ['ERROR 42883'],
  UNDEFINED_OPERATOR: ['ERROR 42883'],
  AMBIGUOUS_FUNCTION: ['ERROR 42725'],
  AMBIGUOUS_OPERATOR: ['ERROR 42725'],
  INDETERMINATE_TYPE: ['ERROR 42804', 'ERROR 42P18'],
  TYPE_MISMATCH: ['ERROR 42804', 'ERROR 42846'],
};

function outcome(bind: () => SqlType): string {
  try {
    return typeName(bind());
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return error.code;
  }
}

/** Refusing by name what Postgres accepts is right; so is the same kind of error. */
function agrees(here: string, there: string): boolean {
  if (here === there) return true;
  // It is computed when its type is asked for: NULL as the key of an object.
  if (there.startsWith('ERROR 22')) return !here.startsWith('UNKNOWN');
  if (here.startsWith('UNSUPPORTED_') || here === 'NOT_DETERMINISTIC') return !there.startsWith('ERROR 42');
  return SQLSTATES[here]?.includes(there) === true;
}

async function compare(cases: readonly Case[]): Promise<readonly string[]> {
  const answer = await oracle.client.query<{ type: string }>({
    text: 'SELECT type_of(e) AS type FROM unnest($1::text[]) WITH ORDINALITY AS t(e, n) ORDER BY n',
    values: [cases.map((c) => c.sql)],
  });
  return cases.flatMap((c, i) => {
    const here = outcome(c.bind);
    const there = answer.rows[i]!.type;
    return agrees(here, there) ? [] : [`${c.sql}: ${here}, in Postgres ${there}`];
  });
}

test('operators over all pairs of types', { timeout: 120_000 }, async () => {
  const cases = OPERATOR_NAMES.flatMap((op) =>
    ARGS.flatMap((left) =>
      ARGS.map((right): Case => {
        const bind = () => bindOperator(op, operand(left), operand(right)).type;
        return { sql: `${sql(left)} ${op} ${sql(right)}`, bind };
      }),
    ),
  );
  const prefix = ['+', '-'].flatMap((op) =>
    ARGS.map((arg): Case => ({
      sql: `${op} ${sql(arg)}`,
      bind: () => bindOperator(op, null, operand(arg)).type,
    })),
  );
  expect(await compare([...cases, ...prefix])).toEqual([]);
});

/** Argument lists of one to three types; of those with three a part. */
function argumentLists(): (ScalarKind | 'unknown')[][] {
  const one = ARGS.map((a) => [a]);
  const two = one.flatMap((list) => ARGS.map((a) => [...list, a]));
  const few = ['integer', 'text', 'timestamptz', 'unknown', 'numeric', 'interval', 'date'] as const;
  const three = few.flatMap((a) => few.flatMap((b) => few.map((c) => [a, b, c])));
  return [...one, ...two, ...three];
}

/** An ordered-set aggregate takes its last argument apart. */
function callSql(name: string, list: readonly (ScalarKind | 'unknown')[]): string {
  const args = list.map(sql);
  const fn = AGGREGATES.get(name);
  if (fn === undefined || !isOrderedSet(fn)) return `"${name}"(${args.join(', ')})`;
  return `"${name}"(${args.slice(0, -1).join(', ')}) WITHIN GROUP (ORDER BY ${args.at(-1)!})`;
}

test('functions over lists of types', { timeout: 240_000 }, async () => {
  const cases = functionNames().flatMap((name) =>
    argumentLists().map((list): Case => {
      const args = list.map(operand);
      const bind = AGGREGATES.has(name) ? () => aggregate(name, args) : () => bound(name, args);
      return { sql: callSql(name, list), bind };
    }),
  );
  expect(await compare(cases)).toEqual([]);
});

function aggregate(name: string, args: readonly Operand[]): SqlType {
  return resolveAggregate(name, args.map(argTypeOf), false).result;
}

test('aggregates without an accumulator are refused by name', () => {
  expect(outcome(() => aggregate('range_agg', [operand('bigint')]))).toBe('UNSUPPORTED_AGGREGATE');
  expect(outcome(() => aggregate('sum', [operand('interval')]))).toBe('interval');
  expect(outcome(() => aggregate('max', [operand('interval')]))).toBe('interval');
});

/** A unit or zone must be a constant; NULL is none, which is refused after resolution. */
function bound(name: string, args: readonly Operand[]): SqlType {
  return bindFunction(name, args).type;
}

test('the common type of CASE, COALESCE, GREATEST', { timeout: 60_000 }, async () => {
  const lists = argumentLists().filter((list) => list.length > 1);
  const type = (expr: BoundExpr): SqlType => expr.type;
  const cases = lists.flatMap((list): Case[] => {
    const args = list.map(operand);
    const [last, ...others] = [...args].reverse();
    const arms = others.reverse().map((then) => ({ when: untyped('true'), then }));
    const written = list.slice(0, -1).map((kind) => `WHEN true THEN ${sql(kind)} `);
    return [
      { sql: `COALESCE(${list.map(sql).join(', ')})`, bind: () => type(bindCoalesce(args)) },
      { sql: `GREATEST(${list.map(sql).join(', ')})`, bind: () => type(bindGreatest('greatest', args)) },
      {
        sql: `CASE ${written.join('')}ELSE ${sql(list.at(-1)!)} END`,
        bind: () => type(bindCase(arms, last!)),
      },
    ];
  });
  expect(await compare(cases)).toEqual([]);
});

test('explicit casts between all pairs of types', async () => {
  const pairs = KINDS.flatMap((from) => KINDS.map((to) => ({ from, to })));
  const answer = await oracle.client.query<{ type: string }>({
    text: 'SELECT type_of(e) AS type FROM unnest($1::text[]) WITH ORDINALITY AS t(e, n) ORDER BY n',
    values: [pairs.map(({ from, to }) => `CAST(${sql(from)} AS ${typeName({ kind: to })})`)],
  });
  const wrong = pairs.filter(({ from, to }, i) => {
    const here = resolveCast({ kind: from }, { kind: to }, 'explicit') !== undefined;
    return here !== !answer.rows[i]!.type.startsWith('ERROR');
  });
  expect(wrong).toEqual([]);
});
