// The ladder as a whole: what a submission does to the catalog, what is shared, what stays the same when planned again.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ExplainStatement, Submission } from '../../src/plan.ts';
import { explain, planPipeline, planSubmission } from '../../src/plan.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { MillraceError } from '../../src/errors.ts';
import { printGraph } from '../../src/physical/print.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { checkGraph } from '../golden/check-graph.ts';
import { goldenCatalog } from './sources.ts';

const catalog = goldenCatalog();

function fingerprints({ pipeline }: Submission): readonly string[] {
  return pipeline!.graph.nodes.flatMap((node) => (node.kind === 'aggregate' ? [node.fingerprint] : []));
}

function refusal(sql: string, on: Catalog = catalog): MillraceError {
  try {
    planSubmission(sql, on);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

function explained(sql: string): string {
  const [statement] = planSubmission(sql, catalog).statements;
  return explain(statement!.bound as ExplainStatement);
}

const COUNT = 'SELECT auction, count(*) AS n FROM bid WHERE price > 10 GROUP BY auction';

describe('a submission', () => {
  test('is one pipeline with one scan per source', () => {
    const { pipeline, catalog: after } = planSubmission(
      `CREATE MATERIALIZED VIEW a AS ${COUNT}; CREATE MATERIALIZED VIEW b AS SELECT url FROM bid;`,
      catalog,
    );
    expect(pipeline!.graph.nodes.filter((node) => node.kind === 'scan')).toHaveLength(1);
    expect(after.pipeline(pipeline!.id).map((member) => member.name)).toEqual(['a', 'b']);
  });

  test('sees what its earlier statements made', () => {
    const { changes } = planSubmission(
      `CREATE SOURCE s (a INT) WITH (connector = 'nexmark', nexmark.table = 'bid') FORMAT PLAIN ENCODE JSON;
       CREATE VIEW v AS SELECT a + 1 AS b FROM s; CREATE MATERIALIZED VIEW m AS SELECT b FROM v; DROP VIEW IF EXISTS nothing;`,
      catalog,
    );
    expect(changes.map((change) => change.kind)).toEqual(['add', 'add', 'add']);
  });

  test('gives ids that are never given again', () => {
    const { catalog: after } = planSubmission(`CREATE MATERIALIZED VIEW a AS ${COUNT};`, catalog);
    const { catalog: dropped } = planSubmission('DROP MATERIALIZED VIEW a;', after);
    const { catalog: again } = planSubmission(`CREATE MATERIALIZED VIEW a AS ${COUNT};`, dropped);
    expect(again.find({ name: 'a' })!.id).not.toBe(after.find({ name: 'a' })!.id);
  });

  test('replaces a view by dropping and creating it', () => {
    const { pipeline, catalog: after } = planSubmission(
      `DROP MATERIALIZED VIEW kept; CREATE MATERIALIZED VIEW kept AS ${COUNT};`,
      catalog,
    );
    const kept = after.find({ name: 'kept' });
    expect(kept).toMatchObject({ kind: 'materialized view', key: [0], pipelineId: pipeline!.id });
  });

  test('does not run what it drops itself', () => {
    const { pipeline } = planSubmission(
      `CREATE MATERIALIZED VIEW a AS ${COUNT}; DROP MATERIALIZED VIEW a;`,
      catalog,
    );
    expect(pipeline).toBeNull();
  });

  test('changes nothing when one statement is wrong', () => {
    const before = catalog.list();
    expect(refusal(`CREATE VIEW x AS SELECT 1 AS a FROM bid; SELECT nothing;`).code).toBe('SQL_UNSUPPORTED');
    expect(catalog.list()).toBe(before);
  });
});

describe('state', () => {
  test('keeps its identity when other statements come and go', () => {
    const alone = planSubmission(`CREATE MATERIALIZED VIEW a AS ${COUNT};`, catalog);
    const together = planSubmission(
      `CREATE MATERIALIZED VIEW x AS SELECT * FROM bid; CREATE MATERIALIZED VIEW a AS ${COUNT};`,
      catalog,
    );
    expect(fingerprints(together)).toEqual(fingerprints(alone));
    const id = together.pipeline!.id;
    const { catalog: after } = planSubmission('DROP MATERIALIZED VIEW x;', together.catalog);
    const rest = planPipeline(after, id).graph;
    expect(rest.nodes.flatMap((node) => (node.kind === 'aggregate' ? [node.fingerprint] : []))).toEqual(
      fingerprints(alone),
    );
  });

  test('has another identity when something else is computed', () => {
    const of = (query: string): string =>
      fingerprints(planSubmission(`CREATE MATERIALIZED VIEW a AS ${query};`, catalog))[0]!;
    const all = [
      COUNT,
      COUNT.replace('> 10', '> 11'),
      COUNT.replace('count(*)', 'sum(price)'),
      COUNT.replace('FROM bid', 'FROM (SELECT auction, price + 1 AS price FROM bid) b'),
      COUNT.replaceAll('auction', 'bidder'),
    ];
    expect(new Set(all.map(of)).size).toBe(all.length);
  });

  test('is told apart where equal plans are not shared', () => {
    const text = `CREATE MATERIALIZED VIEW a AS ${COUNT}; CREATE MATERIALIZED VIEW b AS ${COUNT};`;
    expect(fingerprints(planSubmission(text, catalog))).toHaveLength(1);
    const unshared = fingerprints(planSubmission(text, catalog, { optimize: false }));
    expect(new Set(unshared).size).toBe(2);
  });
});

describe('commands', () => {
  test('DROP … CASCADE removes readers first', () => {
    const { changes, catalog: after } = planSubmission('DROP SOURCE bid CASCADE;', catalog);
    const names = changes.map((change) => (change.kind === 'drop' ? catalog.get(change.id)!.name : ''));
    expect(names.at(-1)).toBe('bid');
    expect(names.indexOf('nowhere')).toBeLessThan(names.indexOf('big'));
    expect(after.list().map((definition) => definition.name)).toEqual(['auction', 'kinds', 'things']);
  });

  test('IF NOT EXISTS and IF EXISTS do nothing, and say so', () => {
    const { statements, changes } = planSubmission(
      'CREATE VIEW IF NOT EXISTS big AS SELECT 1 AS a FROM bid; DROP VIEW IF EXISTS nothing;',
      catalog,
    );
    expect(changes).toEqual([]);
    expect(statements[0]!.bound).toEqual({
      kind: 'nothing',
      notice: 'relation "big" already exists, skipping',
    });
    expect(statements[1]!.bound).toMatchObject({ notices: ['view "nothing" does not exist, skipping'] });
  });

  test('SHOW CREATE hides secrets', () => {
    const secret = `CREATE SOURCE s (a INT) WITH (connector = 'kafka', topic = 'x', properties.sasl.password = 'hunter2')
      FORMAT PLAIN ENCODE JSON`;
    const { statements } = planSubmission(`${secret}; SHOW CREATE SOURCE s;`, catalog);
    const shown = statements[1]!.bound;
    expect(shown).toMatchObject({ kind: 'show create' });
    expect(JSON.stringify(shown)).toContain("properties.sasl.password = '***'");
    expect((shown as { text: string }).text).not.toContain('hunter2');
  });
});

describe('EXPLAIN', () => {
  test('shows each rung', () => {
    const rungs = ['AST', 'BOUND', 'LOGICAL', 'PHYSICAL'].map((rung) =>
      explained(`EXPLAIN (${rung}) ${COUNT}`),
    );
    expect(rungs[0]).toContain('target count(*) AS n');
    expect(rungs[1]).toContain('group by auction');
    expect(rungs[2]).toContain('aggregate by [auction] compute [count(*)]');
    expect(rungs[3]).toContain('state: one row per (auction), kept for ever');
  });

  test('explains a statement whose name is taken', () => {
    expect(explained(`EXPLAIN (LOGICAL) CREATE MATERIALIZED VIEW kept AS ${COUNT}`)).toContain(
      'materialize kept',
    );
  });
});

describe('the catalog', () => {
  test('is planned again from its texts alone', () => {
    const { pipeline, catalog: after } = planSubmission(
      `CREATE VIEW d AS SELECT auction, price FROM bid WHERE price > 3;
       CREATE MATERIALIZED VIEW a (id, n) AS SELECT auction, count(*) FROM d GROUP BY auction;
       CREATE SINK k FROM a WITH (connector = 'blackhole');`,
      catalog,
    );
    expect(printGraph(planPipeline(after, pipeline!.id).graph)).toBe(printGraph(pipeline!.graph));
  });

  test('tells where an error is in text that is not ASCII', () => {
    const error = refusal('CREATE MATERIALIZED VIEW v AS SELECT \'ü😀\' AS "ä", auctoin FROM bid');
    const { sql, span } = error;
    expect(sql!.slice(span!.offset, span!.end)).toBe('auctoin');
  });

  test('bounds what views that read views twice can grow to', () => {
    let text = 'CREATE VIEW v0 AS SELECT auction AS a FROM bid;';
    for (let i = 1; i <= 12; i++) {
      text += `CREATE VIEW v${i} AS SELECT a FROM v${i - 1} UNION ALL SELECT a FROM v${i - 1};`;
    }
    expect(refusal(text).code).toBe('SQL_TOO_LARGE');
  });
});

const QUERIES = join(import.meta.dirname, '../../queries');

describe('every file of queries/', () => {
  // In the order in which they are deployed: a file may read what one before it has made.
  let catalog = EMPTY_CATALOG;
  test.each(
    readdirSync(QUERIES)
      .filter((name) => name.endsWith('.sql'))
      .sort(),
  )('%s is one pipeline, and one for each table', (name) => {
    const text = readFileSync(join(QUERIES, name), 'utf8');
    const submission = planSubmission(text, catalog);
    const plain = planSubmission(text, catalog, { optimize: false });
    for (const { pipeline, tables } of [submission, plain]) {
      checkGraph(pipeline!.graph);
      for (const { graph } of tables) checkGraph(graph);
    }
    ({ catalog } = submission);
  });
});
