// Generated rows: the same for the same seed, whatever the partitions and wherever reading goes on; within their bounds, and readable.

import { describe, expect, test } from 'vitest';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { SourceDef } from '../../src/catalog/definition.ts';
import { openDatagenReader } from '../../src/connectors/datagen/reader.ts';
import { openDecoder } from '../../src/connectors/formats/open-decoder.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { Value } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';
import { planSubmission } from '../../src/plan.ts';
import { freshDatabase } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { exact } from '../views/random-rows.ts';

function sourceOf(columns: string, options: string): SourceDef {
  const sql = `CREATE SOURCE g (${columns}) WITH (connector = 'datagen', ${options}) FORMAT PLAIN ENCODE JSON`;
  const { bound } = planSubmission(sql, EMPTY_CATALOG).statements[0]!;
  if (bound.kind !== 'create source') throw new Error('no source');
  return bound.definition;
}

interface Row {
  readonly partition: number;
  readonly offset: number;
  readonly values: readonly Value[];
}

/** To its end, decoded. */
function read(
  source: SourceDef,
  offsets: ReadonlyMap<number, number> | null = null,
  chunkRecords = 7,
): readonly Row[] {
  if (source.connector.connector !== 'datagen') throw new Error('no datagen');
  const { columns } = source;
  const reader = openDatagenReader({
    source: source.connector,
    columns,
    offsets,
    ends: null,
    owns: () => true,
    maxRate: null,
    chunkRecords,
  });
  const all = columns.map((_, i) => i);
  const decoder = openDecoder(source, all, [], () => undefined);
  const rows: Row[] = [];
  for (let chunk = reader.take(); chunk !== undefined; chunk = reader.take()) {
    const out = newBatch(columns, 0);
    decoder.decode(chunk.columns, 0, chunk.columns.count, out, (_, code, message) => {
      throw new Error(`${code}: ${message}`);
    });
    for (let i = 0; i < out.rows; i++)
      rows.push({
        partition: chunk.partition,
        offset: chunk.columns.offsets[i]!,
        values: out.columns.map((column, c) => valueAt(column, i, columns[c]!.type)),
      });
  }
  expect(reader.finished).toBe(true);
  void reader.close();
  return rows;
}

const COLUMNS =
  'n BIGINT, s SMALLINT, d DOUBLE PRECISION, m NUMERIC(6, 2), t TEXT, b BOOLEAN, at TIMESTAMPTZ';
const OPTIONS = `datagen.rows = 200, fields.n.kind = 'sequence', fields.n.start = -5, fields.s.min = 3, fields.s.max = 9,
  fields.d.min = 1, fields.d.max = 2, fields.t.length = 4, fields.at.kind = 'sequence', fields.at.step = '1 minute',
  fields.m.min = 1, fields.m.max = 2`;

test('from the generator to a view, to its end', async () => {
  const { url } = await freshDatabase();
  const open = await openService(url);
  await submit(
    open,
    `CREATE SOURCE g (n BIGINT, k TEXT) WITH (connector = 'datagen', datagen.partitions = 2,
       fields.n.kind = 'sequence', fields.n.start = 1, fields.n.end = 5000, fields.k.length = 1) FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW sums AS SELECT k, count(*) AS rows, sum(n) AS total FROM g GROUP BY k;`,
  );
  await until('the pipeline has finished', () =>
    Promise.resolve(open.engine.pipelines()[0]?.state === 'finished'),
  );
  const { rows } = await open.pool.query(
    'SELECT count(*)::int AS k, sum(rows)::int AS rows, sum(total)::int AS total FROM sums',
  );
  expect(rows).toEqual([{ k: 36, rows: 5000, total: 12502500 }]);
});

describe('datagen', () => {
  test('rows are within the bounds of their columns', () => {
    const rows = read(sourceOf(COLUMNS, OPTIONS)).map(({ values }) => values);
    expect(rows).toHaveLength(200);
    rows.forEach(([n, s, d, m, t, b, at], k) => {
      expect(n).toBe(BigInt(k - 5));
      expect(s).toBeGreaterThanOrEqual(3);
      expect(s).toBeLessThanOrEqual(9);
      expect(d).toBeGreaterThanOrEqual(1);
      expect(d).toBeLessThan(2);
      const { unscaled, scale } = m as { unscaled: bigint; scale: number };
      expect([scale, unscaled >= 100n, unscaled <= 200n]).toEqual([2, true, true]);
      expect(t).toMatch(/^[a-z0-9]{4}$/);
      expect(typeof b).toBe('boolean');
      expect(at).toBe(1_767_225_600_000_000n + BigInt(k) * 60_000_000n);
    });
    expect(new Set(rows.map(([, s]) => s)).size).toBe(7);
    expect(new Set(rows.map(([, , , , t]) => t)).size).toBeGreaterThan(150);
  });

  test('dates, times, uuids, bytes and short texts are of their types, at random and in sequence', () => {
    const columns = 'd DATE, e DATE, w TIME, u UUID, b BYTEA, v VARCHAR(3), r REAL';
    const options = `datagen.rows = 300, fields.d.kind = 'sequence', fields.d.start = '2024-02-28', fields.e.min = '2024-01-01',
      fields.e.max = '2024-01-03', fields.b.length = 2, fields.r.max = 1`;
    const rows = read(sourceOf(columns, options)).map(({ values }) => values);
    expect(rows.slice(0, 3).map(([d]) => d)).toEqual([19781, 19782, 19783]);
    expect(new Set(rows.map(([, e]) => e))).toEqual(new Set([19723, 19724, 19725]));
    for (const [, , w, u, b, v, r] of rows) {
      expect(Number(w as bigint)).toBeLessThan(86_400_000_000);
      const hex = Buffer.from(u as Uint8Array).toString('hex');
      expect(hex).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
      expect((b as Uint8Array).length).toBe(2);
      expect(v).toMatch(/^[a-z0-9]{3}$/);
      expect(r).toBe(Math.fround(r as number));
    }
    expect(new Set(rows.map(([, , , u]) => Buffer.from(u as Uint8Array).toString('hex'))).size).toBe(300);
  });

  test('are the same for a seed, over any partitions and from any position; another seed gives others', () => {
    const key = (rows: readonly Row[], partitions: number): string[] =>
      rows
        .toSorted((a, b) => a.offset * partitions + a.partition - (b.offset * partitions + b.partition))
        .map(({ values }) => exact(values));
    const one = key(read(sourceOf(COLUMNS, OPTIONS)), 1);
    const three = read(sourceOf(COLUMNS, `${OPTIONS}, datagen.partitions = 3`));
    expect(key(three, 3)).toEqual(one);
    const from = new Map([
      [0, 30],
      [1, 67],
      [2, 0],
    ]);
    const rest = read(sourceOf(COLUMNS, `${OPTIONS}, datagen.partitions = 3`), from, 1000);
    expect(key(rest, 3)).toEqual(
      key(
        three.filter(({ partition, offset }) => offset >= from.get(partition)!),
        3,
      ),
    );
    expect(key(read(sourceOf(COLUMNS, `${OPTIONS}, datagen.seed = 2`)), 1)).not.toEqual(one);
  });

  test('a sequence with an end ends the source, and so does a type that it could leave', () => {
    expect(
      read(sourceOf('n BIGINT', "fields.n.kind = 'sequence', fields.n.start = 10, fields.n.end = 12")),
    ).toHaveLength(3);
    const small = read(
      sourceOf('n SMALLINT', "fields.n.kind = 'sequence', fields.n.start = 32760"),
      null,
      1000,
    );
    expect(small.map(({ values }) => values[0])).toEqual([
      32760, 32761, 32762, 32763, 32764, 32765, 32766, 32767,
    ]);
  });

  test('all 64 bits may come', () => {
    const bounds = "fields.n.min = '-9223372036854775808', fields.n.max = '9223372036854775807'";
    const values = read(sourceOf('n BIGINT', `datagen.rows = 500, ${bounds}`)).map(
      (row) => row.values[0] as bigint,
    );
    expect(values.some((value) => value > 2n ** 62n) && values.some((value) => value < -(2n ** 62n))).toBe(
      true,
    );
    expect(new Set(values).size).toBe(500);
  });
});
