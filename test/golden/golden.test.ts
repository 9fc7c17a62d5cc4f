// Golden plans: every folder is a submission over sources.sql with its logical and physical plan, or below refused/ with its error.
// UPDATE_GOLDEN=1 writes the files anew: read the difference before committing it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { MillraceError, renderError } from '../../src/errors.ts';
import { compileGraph } from '../../src/operators/compile.ts';
import { PassingExchange } from '../../src/operators/exchange.ts';
import type { PhysicalGraph } from '../../src/physical/graph.ts';
import { tablesOf } from '../../src/physical/state-tables.ts';
import { printLogical } from '../../src/logical/print.ts';
import { printGraph } from '../../src/physical/print.ts';
import { checkGraph } from './check-graph.ts';
import { planPipeline, planSubmission } from '../../src/plan.ts';

const HERE = import.meta.dirname;
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const catalog = planSubmission(readFileSync(join(HERE, 'sources.sql'), 'utf8'), EMPTY_CATALOG).catalog;

function folders(below: string): readonly string[] {
  return readdirSync(below, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(below, entry.name, 'query.sql')))
    .map((entry) => entry.name)
    .sort();
}

function expectGolden(file: string, actual: string): void {
  const text = `${actual}\n`;
  if (UPDATE) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('golden plans', () => {
  test.each(folders(HERE))('%s', (name) => {
    const folder = join(HERE, name);
    const sql = readFileSync(join(folder, 'query.sql'), 'utf8');
    const { pipeline, catalog: after } = planSubmission(sql, catalog);
    expectGolden(join(folder, 'logical.txt'), printLogical(pipeline!.logical));
    expectGolden(join(folder, 'physical.txt'), printGraph(pipeline!.graph));
    // What the catalog keeps is enough to plan the same again, also after a round through JSON.
    expect(printGraph(planPipeline(after, pipeline!.id).graph)).toBe(printGraph(pipeline!.graph));
    expect(JSON.parse(JSON.stringify(after.list()))).toEqual(after.list());
    checkGraph(pipeline!.graph);
    expect(compiledTables(pipeline!.graph)).toEqual(pipeline!.graph.nodes.flatMap(tablesOf).sort());
    const plain = planSubmission(sql, catalog, { optimize: false });
    checkGraph(plain.pipeline!.graph);
    expect(plain.catalog.list()).toEqual(after.list());
  });
});

/** Fingerprints of the state tables that the operators of a graph really have. */
function compiledTables(graph: PhysicalGraph): readonly string[] {
  const nothing = { push: () => undefined };
  const compiled = compileGraph(graph, {
    end: () => nothing,
    errors: { error: () => undefined },
    exchange: (node) => new PassingExchange(node),
    isFirst: true,
  });
  return compiled.tables.map((table) => table.fingerprint).sort();
}

function refusalOf(sql: string): MillraceError {
  try {
    planSubmission(sql, catalog);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('refused', () => {
  test.each(folders(join(HERE, 'refused')))('%s', (name) => {
    const folder = join(HERE, 'refused', name);
    const error = refusalOf(readFileSync(join(folder, 'query.sql'), 'utf8'));
    expectGolden(join(folder, 'error.txt'), renderError(error));
    expect(error.domain).toBe('user');
    expect(error.span).toBeDefined();
    expect(error.hint).toBeDefined();
  });
});
