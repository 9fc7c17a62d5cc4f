// Ten views of one submission read and decode their source once; the same ten, each submitted by itself, read it ten times. The views are
// the same.

import { expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { planSubmission } from '../../src/plan.ts';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const VIEWS = 10;
const EVENTS = 3000;
/** 46 of 50 events are bids. */
const BIDS = (EVENTS / 50) * 46;

const SOURCE = `CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '${EVENTS}') FORMAT PLAIN ENCODE JSON;`;
const COLUMNS = ['auction', 'bidder', 'price', 'channel'];
const VIEW_TEXTS = Array.from({ length: VIEWS }, (_, i) => {
  const column = COLUMNS[i % COLUMNS.length]!;
  return `CREATE MATERIALIZED VIEW v${i} AS SELECT ${column}, count(*) AS n FROM bid WHERE bidder % ${VIEWS} <> ${i} GROUP BY ${column};`;
});

async function rowsRead(texts: readonly string[]): Promise<readonly [OpenEngine, number]> {
  const open = await openTestEngine();
  for (const text of texts) await submit(open, text);
  await finished(open);
  const read = open.engine.pipelines().reduce((sum, { runner }) => sum + runner.totals!.rowsIn, 0);
  return [open, read];
}

it('one file of ten views has one scan, of the columns that any of them wants', () => {
  const { pipeline } = planSubmission([SOURCE, ...VIEW_TEXTS].join('\n'), EMPTY_CATALOG);
  const scans = pipeline!.graph.nodes.filter((node) => node.kind === 'scan');
  expect(scans.map(({ schema }) => schema.map(({ name }) => name).sort())).toEqual([COLUMNS.toSorted()]);
});

it('is read once by one file and once by each of ten pipelines', async () => {
  const [together, once] = await rowsRead([[SOURCE, ...VIEW_TEXTS].join('\n')]);
  const [apart, often] = await rowsRead([SOURCE, ...VIEW_TEXTS]);
  expect(together.engine.pipelines()).toHaveLength(1);
  expect(apart.engine.pipelines()).toHaveLength(VIEWS);
  expect([once, often]).toEqual([BIDS, VIEWS * BIDS]);
  for (const open of [together, apart]) {
    const found = await verdicts(open);
    expect(found.size).toBe(VIEWS);
    for (const [view, { equal }] of found) expect(equal, view).toBe(true);
  }
});
