// Functions in the catalog of a running engine: kept over restarts, listed, protected by what uses them, replaced with it; and the
// oracle makes them again.

import { describe, expect, it } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { deployFiles } from '../../src/pipeline/deployments.ts';
import { allVerdicts, finished, openTestEngine, submit } from '../pipeline/engine-fixture.ts';
import { ask, rowsOf, untilSwapped } from '../pipeline/replace-fixture.ts';

const SOURCE = `CREATE SOURCE bid (auction BIGINT, price BIGINT, channel TEXT)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '2000', nexmark.partitions = '2')
  FORMAT PLAIN ENCODE JSON;`;
const EURO = `CREATE FUNCTION in_euro(cents bigint, rate numeric DEFAULT 0.5) RETURNS numeric LANGUAGE sql IMMUTABLE
  RETURN round(in_euro.cents * rate);`;
const LARGE = `CREATE FUNCTION is_large(cents bigint) RETURNS boolean LANGUAGE sql STRICT AS $$ SELECT in_euro($1) > 1000 $$;`;
const VIEW = `MATERIALIZED VIEW totals AS SELECT channel, sum(in_euro(price)) AS euro, count(*) FILTER (WHERE is_large(price)) AS large
  FROM bid GROUP BY channel`;

async function namesIn(open: OpenEngine): Promise<unknown> {
  return (await open.pool.query('SELECT name, language, strict FROM millrace.functions ORDER BY name')).rows;
}

/** Verdicts by view. */
async function equal(open: OpenEngine): Promise<readonly string[]> {
  return (await allVerdicts(open)).map(({ view, kind }) => `${view} ${kind}`);
}

describe('functions in the catalog', () => {
  it('are kept over a restart, and computed by Postgres as the views say', { timeout: 60_000 }, async () => {
    const open = await openTestEngine();
    await submit(open, `${SOURCE} ${EURO} ${LARGE} CREATE ${VIEW};`);
    await finished(open);
    expect(await equal(open)).toEqual(['totals equal']);
    const before = await rowsOf(open, 'totals');
    expect(before.length).toBeGreaterThan(3);
    await open.close();
    const again = await openTestEngine({ databaseUrl: open.databaseUrl });
    await submit(
      again,
      'CREATE MATERIALIZED VIEW more AS SELECT auction, in_euro(max(price), 2) AS m FROM bid GROUP BY auction;',
    );
    await finished(again);
    expect(await rowsOf(again, 'totals')).toEqual(before);
    expect(await equal(again)).toEqual(['totals equal', 'more equal']);
    expect(await namesIn(again)).toEqual([
      { name: 'in_euro', language: 'sql', strict: false },
      { name: 'is_large', language: 'sql', strict: true },
    ]);
    const [shown] = await ask(again, 'SHOW FUNCTIONS');
    expect(shown!.table!.rows[0]).toEqual(
      ['public', 'in_euro', 'cents bigint, rate numeric DEFAULT 0.5', 'numeric', 'sql', 'no', 'round(in_euro.cents * rate)'],
    ); // prettier-ignore
    const [text] = await ask(again, 'SHOW CREATE FUNCTION is_large');
    expect(text!.text).toBe(LARGE.slice(0, -1));
  });

  it('cannot go while something calls them, and have names of their own', { timeout: 60_000 }, async () => {
    const open = await openTestEngine();
    await submit(open, `${SOURCE} ${EURO} ${LARGE}`);
    await submit(open, 'CREATE FUNCTION bid(x bigint) RETURNS bigint LANGUAGE sql RETURN x;');
    await submit(
      open,
      'CREATE VIEW large AS SELECT auction, bid(price) AS b FROM bid WHERE is_large(price);',
    );
    await expect(submit(open, 'DROP FUNCTION is_large')).rejects.toMatchObject({ code: 'DEPENDENT_OBJECTS' });
    await expect(submit(open, 'DROP FUNCTION in_euro')).rejects.toThrow(/view large, function is_large/);
    await expect(submit(open, 'DROP SOURCE bid')).rejects.toMatchObject({ code: 'DEPENDENT_OBJECTS' });
    await submit(open, 'DROP FUNCTION in_euro CASCADE');
    expect(await namesIn(open)).toEqual([{ name: 'bid', language: 'sql', strict: false }]);
    await submit(open, 'DROP FUNCTION bid; DROP FUNCTION IF EXISTS bid; DROP SOURCE bid;');
    expect(open.engine.catalog.list()).toEqual([]);
  });

  it(
    'stay as they are when they are replaced by the same, and take what calls them along',
    { timeout: 60_000 },
    async () => {
      const open = await openTestEngine();
      await submit(open, `${SOURCE} ${EURO} ${LARGE} CREATE ${VIEW};`);
      await finished(open);
      const before = await rowsOf(open, 'totals');
      const [same] = await ask(open, EURO.replace('CREATE', 'CREATE OR REPLACE').replace('IMMUTABLE', ''));
      expect(same!.notices).toEqual(['in_euro stays as it is']);
      const [answer] = await ask(open, EURO.replace('CREATE', 'CREATE OR REPLACE').replace('0.5', '0.25'));
      expect(answer!.notices.join()).toMatch(/until then the old one is served/);
      await untilSwapped(open);
      expect(await rowsOf(open, 'totals')).not.toEqual(before);
      expect(await equal(open)).toEqual(['totals equal']);
      const after = await rowsOf(open, 'totals');
      await open.close();
      const again = await openTestEngine({ databaseUrl: open.databaseUrl });
      expect(await rowsOf(again, 'totals')).toEqual(after);
      await submit(again, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
      await untilSwapped(again);
      expect(await rowsOf(again, 'totals')).toEqual(before);
      await expect(
        submit(
          again,
          'CREATE OR REPLACE FUNCTION in_euro(cents bigint) RETURNS text LANGUAGE sql RETURN cents::text',
        ),
      ).rejects.toThrow(/is not valid over the new version/);
    },
  );

  it('of a file change with it', { timeout: 60_000 }, async () => {
    const open = await openTestEngine();
    const deploy = async (functions: string): Promise<string> => {
      const text = `${SOURCE} ${functions} CREATE ${VIEW};`;
      const [done] = await deployFiles(open.pool, open.engine, [{ name: 'a.sql', text }], 'test');
      expect(done!.error).toBeNull();
      return done!.outcome;
    };
    expect(await deploy(`${EURO} ${LARGE}`)).toBe('deployed');
    await finished(open);
    const before = await rowsOf(open, 'totals');
    const id = open.engine.catalog.findFunction({ name: 'in_euro' })!.id;
    expect(await deploy(`-- the same\n${EURO} ${LARGE}`)).toBe('replacing');
    await untilSwapped(open);
    expect(open.engine.catalog.findFunction({ name: 'in_euro' })!.id).toBe(id);
    expect(await rowsOf(open, 'totals')).toEqual(before);
    expect(await deploy(`${EURO.replace('0.5', '0.25')} ${LARGE}`)).toBe('replacing');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).not.toEqual(before);
    expect(await equal(open)).toEqual(['totals equal']);
  });
});
