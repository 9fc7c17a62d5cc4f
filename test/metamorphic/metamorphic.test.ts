// Metamorphic: batches of one row or as they come, one task or two, with rewrites and sharing or without, undisturbed or killed five
// times: the views are the same, and what Postgres says. By default every file is run in some cell and every cell with some file;
// METAMORPHIC=full (npm run test:full) runs all of them, over more rows.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type * as Plan from '../../src/plan.ts';
import type { PlanOptions } from '../../src/plan.ts';
import { testSeed } from '../setup/seed.ts';
import type { CellResult } from './cell-run.ts';
import { runCell } from './cell-run.ts';
import { CELLS, cellName, everything, sample } from './cells.ts';
import { declarations, inputs, onlyRead, reads } from './inputs.ts';
import { FIVE_KILLS } from './kills.ts';

const FULL = process.env['METAMORPHIC'] === 'full';
const SEED = testSeed();
const ROWS = Number(process.env['METAMORPHIC_ROWS'] ?? (FULL ? 10_000 : 1000));

const QUERIES = join(import.meta.dirname, 'queries');
const FILES = readdirSync(QUERIES).filter((name) => name.endsWith('.sql'));
const RUNS = FULL ? everything(FILES) : sample(FILES, SEED);

const plan = vi.hoisted(() => ({ optimize: true }));
// The engine always optimizes; here it is told not to.
vi.mock('../../src/plan.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Plan>();
  const options = (given?: PlanOptions): PlanOptions => ({ ...given, optimize: plan.optimize });
  return {
    ...original,
    planSubmission: ((text, catalog, given) =>
      original.planSubmission(text, catalog, options(given))) satisfies typeof original.planSubmission,
    planPipeline: ((catalog, id, given) =>
      original.planPipeline(catalog, id, options(given))) satisfies typeof original.planPipeline,
  };
});

const LOGS = inputs(SEED, ROWS);
const known = new Map<string, CellResult['views']>();
const told: string[] = [];
let versions = 0;

function textOf(file: string): string {
  return readFileSync(join(QUERIES, file), 'utf8');
}

async function run(file: string, cell: (typeof CELLS)[number]): Promise<CellResult> {
  plan.optimize = cell.optimize;
  const queries = textOf(file);
  return runCell(
    `${declarations(queries)}\n${queries}`,
    onlyRead(queries, LOGS),
    cell,
    SEED,
    !known.has(file),
  );
}

describe(`the same in every cell (SEED=${SEED}, ${ROWS} rows)`, () => {
  afterAll(() => {
    console.log(`${told.join('\n')}\n${versions} versions looked at in between`);
    expect(versions).toBeGreaterThan(0);
  });

  it('covers every file and every cell', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(10);
    expect(new Set(RUNS.map(({ file }) => file)).size).toBe(FILES.length);
    expect(new Set(RUNS.map(({ cell }) => cell)).size).toBe(CELLS.length);
  });

  it.each(RUNS.map(({ file, cell }) => [file, cellName(cell), cell] as const))(
    '%s: %s',
    async (file, name, cell) => {
      const start = performance.now();
      const found = await run(file, cell);
      expect(found.kills).toEqual(cell.kills === 0 ? [] : FIVE_KILLS);
      expect(found.epochs).toBeGreaterThan(5);
      if (reads(textOf(file), 'sale')) expect(found.lateRows).toBeGreaterThan(0);
      const views = Object.entries(found.views);
      expect(views.length).toBeGreaterThan(0);
      for (const [view, rows] of views) expect(rows.length, view).toBeGreaterThan(0);
      if (known.has(file)) expect(found.views).toEqual(known.get(file));
      known.set(file, found.views);
      versions += found.versions;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      told.push(`metamorphic ${file}: ${name}: ${views.length} views, ${found.epochs} epochs, ${seconds} s`);
    },
    150_000,
  );
});
