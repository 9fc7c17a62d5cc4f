// Random epochs of signed changes against a model: after every epoch the table in Postgres holds exactly the model's rows, and
// the change log, replayed, gives the same.

import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { isTreeValue, valueAt } from '../../src/data/value.ts';
import { equalityText } from '../../src/views/row-change.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { CopyBinaryReader } from '../../src/postgres/copy-binary-reader.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import type { WriteStep } from '../../src/postgres/write-step.ts';
import { decodeChanges } from '../../src/views/change-log-codec.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { columnNames, layoutView, tableName } from '../../src/views/view-layout.ts';
import { createViewTable } from '../../src/views/view-tables.ts';
import { newViewWriter } from '../../src/views/view-writer.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { Random } from './random-rows.ts';
import { batchOf, exact, randomValue, seeded } from './random-rows.ts';
import { testSeed } from '../setup/seed.ts';

let connection: Connection;
beforeAll(async () => {
  const { url } = await freshDatabase();
  await migrate(url);
  connection = await connect(url, { applicationName: 'test views', byIndex: true });
});
afterAll(() => connection.close());

async function run(steps: readonly WriteStep[]): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'copy') {
      expect(await connection.copyIn(step.text, step.payload)).toBe(step.rows);
    } else {
      const result = await connection.prepared(step.name, step.text, step.values);
      expect(result.rowCount, step.text).toBe(step.expectRows);
    }
  }
}

async function contents(layout: ViewLayout): Promise<string[]> {
  const reader = new CopyBinaryReader(layout.schema);
  const rows: string[] = [];
  for await (const chunk of connection.copyOut(
    `COPY (SELECT ${columnNames(layout.schema)} FROM ${tableName(layout)}) TO STDOUT (FORMAT binary)`,
  )) {
    const batch = reader.push(chunk);
    if (batch === null) continue;
    for (let r = 0; r < batch.rows; r++)
      rows.push(exact(batch.columns.map((column, c) => valueAt(column, r, batch.schema[c]!.type))));
  }
  reader.end();
  return rows.sort();
}

const ALL: RowSchema = [
  types.BOOLEAN,
  types.SMALLINT,
  types.INTEGER,
  types.BIGINT,
  types.DOUBLE,
  types.NUMERIC,
  types.TEXT,
  types.DATE,
  types.TIMESTAMP,
  types.TIMESTAMPTZ,
  types.INTERVAL,
].map((type) => ({ name: `${type.kind} col`, type, nullable: true }));

const NEW: RowSchema = [
  types.REAL,
  { kind: 'varchar', length: 2 } as const,
  types.BYTEA,
  types.UUID,
  types.TIME,
  types.JSONB,
  types.arrayOf(types.INTEGER),
].map((type, i) => ({ name: `new${i}`, type, nullable: true }));

const SHAPES: readonly { name: string; schema: RowSchema; key: readonly number[]; visible?: number }[] = [
  {
    name: 'bigint key',
    schema: [{ name: 'k', type: types.BIGINT, nullable: false }, ALL[3]!, ALL[6]!],
    key: [0],
  },
  { name: 'two nullable keys', schema: [ALL[3]!, ALL[8]!, ALL[5]!], key: [0, 1] },
  { name: 'text key', schema: [ALL[6]!, ALL[2]!], key: [0] },
  { name: 'double and interval key', schema: [ALL[4]!, ALL[10]!, ALL[0]!], key: [0, 1] },
  { name: 'numeric key', schema: [ALL[5]!, ALL[1]!], key: [0] },
  { name: 'no key', schema: [ALL[3]!, ALL[5]!], key: [] },
  { name: 'everything', schema: ALL, key: [2, 7, 0] },
  { name: 'new scalars', schema: NEW, key: [3, 4] },
  { name: 'jsonb and array key', schema: [NEW[5]!, NEW[6]!, ALL[3]!], key: [0, 1] },
  { name: 'bytea key', schema: [NEW[2]!, NEW[0]!], key: [0] },
  { name: 'hidden key', schema: [ALL[6]!, ALL[3]!], key: [1], visible: 1 },
  {
    name: 'Quoted "name"',
    schema: [
      { name: '_key', type: types.TEXT, nullable: true },
      { name: 'select', type: types.INTEGER, nullable: true },
    ],
    key: [0],
  },
];

/** Rows of one SQL key share this text: what Postgres calls not distinct. */
function keyText(schema: RowSchema, key: readonly number[], row: readonly Value[]): string {
  return exact(
    key.map((c) => {
      const value = row[c]!;
      if (Object.is(value, -0)) return 0;
      if (isTreeValue(value)) return equalityText(value);
      if (value !== null && typeof value === 'object' && 'months' in value)
        return (BigInt(value.months) * 30n + BigInt(value.days)) * 86_400_000_000n + value.micros;
      if (value !== null && typeof value === 'object' && 'scale' in value && value.scale >= 0) {
        let { unscaled, scale } = value;
        for (; scale > 0 && unscaled % 10n === 0n; scale--) unscaled /= 10n;
        return { unscaled, scale: unscaled === 0n ? 0 : scale };
      }
      return value;
    }),
  );
}

type Model = Map<string, readonly Value[]>;
interface Change {
  readonly row: readonly Value[];
  readonly diff: number;
}

/** Changes the model and gives the signed rows, shuffled and with pairs that cancel. */
function randomEpoch(random: Random, schema: RowSchema, key: readonly number[], model: Model): Change[] {
  const changes: Change[] = [];
  const count = Math.floor(random() * 30);
  for (let i = 0; i < count; i++) {
    const row = schema.map((field) => randomValue(random, field));
    const id = keyText(schema, key, row);
    const old = model.get(id);
    if (old !== undefined) changes.push({ row: old, diff: -1 });
    if (old !== undefined && random() < 0.3) model.delete(id);
    else {
      model.set(id, row);
      changes.push({ row, diff: 1 });
    }
    if (random() < 0.1) {
      const ghost = schema.map((field) => randomValue(random, field));
      changes.push({ row: ghost, diff: 1 }, { row: ghost, diff: -1 });
    }
  }
  for (let i = changes.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [changes[i], changes[j]] = [changes[j]!, changes[i]!];
  }
  return changes;
}

function replay(log: Set<string>, parts: readonly { readonly bytes: Buffer }[], schema: RowSchema): void {
  for (const { bytes } of parts) {
    const d = decodeChanges(bytes, schema);
    const before = (i: number): string =>
      exact(
        schema.map(({ type }, c) => {
          if (!d.unchanged[c]) return valueAt(d.before[c]!, i, type);
          return i < d.updates ? valueAt(d.after[c]!, i, type) : valueAt(d.before[c]!, i - d.updates, type);
        }),
      );
    for (let i = 0; i < d.updates + d.deletes; i++) expect(log.delete(before(i))).toBe(true);
    for (let i = 0; i < d.updates + d.inserts; i++)
      log.add(exact(schema.map(({ type }, c) => valueAt(d.after[c]!, i, type))));
  }
}

describe('random epochs', () => {
  test.each(SHAPES.map((shape, i) => [shape.name, shape, i + 1] as const))(
    '%s',
    async (name, shape, viewId) => {
      const seed = testSeed();
      onTestFailed(() => console.log(`seed ${seed}`));
      const random = seeded(seed);
      const { schema, key } = shape;
      const layout = layoutView({
        viewId,
        pipelineId: 1,
        schemaName: 'public',
        name,
        schema,
        visible: shape.visible ?? schema.length,
        key,
        appendOnly: false,
      });
      await createViewTable(connection, layout);
      const writer = newViewWriter(layout);
      const model: Model = new Map();
      const log = new Set<string>();
      for (let epoch = 0; epoch < 25; epoch++) {
        const before = new Set([...model.values()].map(exact));
        const changes = randomEpoch(random, schema, key, model);
        for (let at = 0; at < changes.length;) {
          const piece = changes.slice(at, (at += 1 + Math.floor(random() * 20)));
          writer.push(
            batchOf(
              schema,
              piece.map((c) => c.row),
              piece.map((c) => c.diff),
            ),
          );
        }
        const encoded = writer.encode();
        writer.clear();
        const after = [...model.values()].map(exact);
        if (encoded === null) expect(new Set(after)).toEqual(before);
        else {
          const { inserted, updated, deleted } = encoded.counts;
          expect(after.length - before.size).toBe(inserted - deleted);
          expect(after.filter((row) => !before.has(row)).length).toBe(inserted + updated);
          await run(encoded.steps);
          replay(log, encoded.changeLogParts, schema);
        }
        expect(await contents(layout)).toEqual(after.sort());
        expect([...log].sort()).toEqual(after);
      }
    },
  );
});

describe('append-only views', () => {
  const schema: RowSchema = [
    ALL[6]!,
    { name: 'p', type: types.INTEGER, nullable: false },
    { name: 'o', type: types.BIGINT, nullable: false },
  ];
  const shape = { pipelineId: 1, schemaName: 'public', schema, visible: 1, appendOnly: true };

  test('COPY, in order or not, with plain and with wide keys', async () => {
    for (const [viewId, key] of [
      [101, [1, 2]],
      [102, [0, 1, 2]],
    ] as const) {
      const layout = layoutView({ ...shape, viewId, name: `append_${viewId}`, key });
      await createViewTable(connection, layout);
      const writer = newViewWriter(layout);
      const rows = Array.from({ length: 500 }, (_, i): Value[] => [`t${i}`, (i * 7) % 3, BigInt(i)]);
      writer.push(batchOf(schema, rows.slice(0, 200)));
      writer.push(batchOf(schema, rows.slice(200)));
      const encoded = writer.encode()!;
      expect(encoded.steps.map((s) => s.kind)).toEqual(['copy']);
      await run(encoded.steps);
      expect(await contents(layout)).toEqual(rows.map(exact).sort());
    }
  });

  test('a retraction or a second row of a key is a defect', () => {
    const layout = layoutView({ ...shape, viewId: 103, name: 'a', key: [1, 2] });
    const row = ['x', 1, 1n];
    expect(() => newViewWriter(layout).push(batchOf(schema, [row], [-1]))).toThrow(/weight -1/);
    const writer = newViewWriter(layout);
    writer.push(batchOf(schema, [row, row]));
    expect(() => writer.encode()).toThrow(/two rows for one key/);
  });
});

test('what is not one change per key is a defect', () => {
  const schema: RowSchema = [ALL[3]!, ALL[2]!];
  const layout = layoutView({
    viewId: 1,
    pipelineId: 1,
    schemaName: 'public',
    name: 'v',
    schema,
    visible: 2,
    key: [0],
    appendOnly: false,
  });
  for (const [rows, diffs] of [
    [
      [
        [1n, 1],
        [1n, 2],
      ],
      [1, 1],
    ],
    [
      [
        [1n, 1],
        [1n, 2],
      ],
      [-1, -1],
    ],
    [[[1n, 1]], [2]],
  ] as const) {
    const writer = newViewWriter(layout);
    writer.push(batchOf(schema, rows, diffs));
    expect(() => writer.encode()).toThrow(
      expect.objectContaining({ code: 'VIEW_DEFECT', domain: 'internal' }),
    );
  }
});

test('large epochs: parts of at most 4 MiB, a table that grows and shrinks', () => {
  const schema: RowSchema = [ALL[3]!, ALL[6]!];
  const layout = layoutView({
    viewId: 9,
    pipelineId: 1,
    schemaName: 'public',
    name: 'v',
    schema,
    visible: 2,
    key: [0],
    appendOnly: false,
  });
  const writer = newViewWriter(layout);
  const text = 'x'.repeat(2000);
  for (let b = 0; b < 50; b++) {
    const rows = Array.from({ length: 100 }, (_, i): Value[] => [BigInt(b * 100 + i), text.slice(i)]);
    writer.push(batchOf(schema, rows));
  }
  const held = writer.bytes();
  const { changeLogParts, counts } = writer.encode()!;
  expect(counts.inserted).toBe(5_000);
  expect(held).toBeGreaterThan(7_500_000);
  expect(changeLogParts.length).toBeGreaterThan(1);
  expect(Math.max(...changeLogParts.map((p) => p.bytes.length))).toBeLessThanOrEqual(4 << 20);
  const log = new Set<string>();
  replay(log, changeLogParts, schema);
  expect(log.size).toBe(5_000);
  const damaged = Buffer.from(changeLogParts[0]!.bytes);
  damaged[1000]! ^= 1;
  expect(() => decodeChanges(damaged, schema)).toThrow(/checksum/);
  writer.clear();
  expect(writer.encode()).toBe(null);
});

test('a view that has grown since its statements were prepared is still written through its index', async () => {
  const layout = layoutView({
    viewId: 300,
    pipelineId: 1,
    schemaName: 'public',
    name: 'grown',
    schema: [{ ...ALL[3]!, nullable: false }, ALL[2]!],
    visible: 2,
    key: [0],
    appendOnly: false,
  });
  await createViewTable(connection, layout);
  const writer = newViewWriter(layout);
  writer.push(
    batchOf(
      layout.schema,
      [
        [1n, 1],
        [1n, 2],
      ],
      [-1, 1],
    ),
  );
  const step = writer.encode()!.steps[0]!;
  if (step.kind !== 'sql') throw new Error('not SQL');
  const { rows } = await connection.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${step.text}`, step.values);
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Nested Loop[^]*Index Scan using/);
});

test('a view and an engine that disagree are noticed by the count of rows', async () => {
  const layout = layoutView({
    viewId: 200,
    pipelineId: 1,
    schemaName: 'public',
    name: 'v200',
    schema: [ALL[3]!, ALL[2]!],
    visible: 2,
    key: [0],
    appendOnly: false,
  });
  await createViewTable(connection, layout);
  const writer = newViewWriter(layout);
  writer.push(
    batchOf(
      layout.schema,
      [
        [1n, 1],
        [1n, 2],
      ],
      [-1, 1],
    ),
  );
  const step = writer.encode()!.steps[0]!;
  if (step.kind !== 'sql') throw new Error('not SQL');
  const { rowCount } = await connection.query(step.text, step.values);
  expect([rowCount, step.expectRows]).toEqual([0, 1]);
});
