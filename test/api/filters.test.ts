// Random filters over rows with values at the edges: this process and Postgres choose the same rows.

import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { Comparison, Condition, NotNull } from '../../src/api/filter/condition.ts';
import { rowFilter } from '../../src/api/filter/condition-eval.ts';
import { conditionSql } from '../../src/api/filter/condition-sql.ts';
import { interestOf } from '../../src/api/filter/condition.ts';
import type { ViewRow } from '../../src/views/row-change.ts';
import { equalityText } from '../../src/views/row-change.ts';
import { tableName } from '../../src/views/view-layout.ts';
import type { Random } from '../views/random-rows.ts';
import { exact, pick, randomValue, seeded } from '../views/random-rows.ts';
import type { Fixture } from './fixture.ts';
import { EVERYTHING, newFixture } from './fixture.ts';
import { testSeed } from '../setup/seed.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await newFixture();
});
afterAll(() => fixture.close());

const OPS: readonly Comparison[] = ['=', '<>', '<', '<=', '>', '>='];
const TEXT = EVERYTHING.findIndex((field) => field.type.kind === 'text');
const PATTERNS = ['%', '', 'a%', '%B', '_', '__', 'é', '%\\%%', '\\_x', 'A%b', '%z%z', '🐎', '_🐎', 'ß', 'É'];

function randomCondition(random: Random, depth: number): Condition {
  const column = Math.floor(random() * EVERYTHING.length);
  const value = (): NotNull => randomValue(random, { ...EVERYTHING[column]!, nullable: false })!;
  const kind = random();
  if (depth > 0 && kind < 0.25)
    return {
      kind: pick(random, ['and', 'or'] as const),
      args: Array.from({ length: Math.floor(random() * 4) }, () => randomCondition(random, depth - 1)),
    };
  if (depth > 0 && kind < 0.4) return { kind: 'not', arg: randomCondition(random, depth - 1) };
  if (kind < 0.5) return { kind: 'isNull', column };
  if (kind < 0.6)
    return { kind: 'like', column: TEXT, pattern: pick(random, PATTERNS), fold: random() < 0.5 };
  if (kind < 0.7)
    return { kind: 'in', column, values: Array.from({ length: Math.floor(random() * 3) }, value) };
  return { kind: 'compare', op: pick(random, OPS), column, value: value() };
}

test('600 filters over 200 rows', async () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  const rows = Array.from({ length: 200 }, (_, i): ViewRow => [
    BigInt(i - 100),
    ...EVERYTHING.slice(1).map((field) => randomValue(random, field)),
  ]);
  await fixture.committer(0).commit(
    rows,
    rows.map(() => 1),
  );
  const table = tableName(fixture.layouts[0]!);
  let chosen = 0;
  for (let i = 0; i < 600; i++) {
    const condition = randomCondition(random, 3);
    const { text, values } = conditionSql(condition, EVERYTHING);
    const found = await fixture.pool.query<{ id: bigint }>(
      `SELECT id FROM ${table} WHERE ${text} ORDER BY id`,
      values,
    );
    const here = rows.filter(rowFilter(condition));
    expect(
      here.map((row) => row[0]),
      `${text} ${exact(values as never)}`,
    ).toEqual(found.rows.map((row) => row.id));
    const interest = interestOf(condition);
    if (interest !== null)
      for (const row of here) expect(equalityText(row[interest.column]!)).toBe(interest.value);
    chosen += here.length;
  }
  expect(chosen).toBeGreaterThan(1000);
});
