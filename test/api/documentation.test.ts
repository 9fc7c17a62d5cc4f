// docs/graphql.md against the schema that the service makes of the views that it speaks of.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/api/limits.ts';
import { buildSchema } from '../../src/api/schema/build-schema.ts';
import { Subscriptions } from '../../src/api/view-subscription.ts';
import { planSubmission } from '../../src/plan.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { ChangeFeed } from '../../src/views/change-feed.ts';
import { goldenCatalog } from '../planner/sources.ts';
import { TestControl } from './fixture.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/graphql.md'), 'utf8');

function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!);
}

describe('docs/graphql.md', () => {
  const control = new TestControl();
  for (const block of blocks('sql')) control.become(planSubmission(block, goldenCatalog()).catalog);
  const pool = new Pool('postgresql://nobody@127.0.0.1:1/none', { applicationName: 'test' });
  const schema = buildSchema(
    control,
    new Subscriptions(
      pool,
      new ChangeFeed(),
      DEFAULT_LIMITS,
      () => {},
      () => undefined,
    ),
    DEFAULT_LIMITS,
  );
  const problems = (document: string): string[] =>
    validate(schema, parse(document)).map(({ message }) => message);

  it('has examples that are valid', () => {
    const documents = blocks('graphql');
    expect(documents.map((document) => document.split(' ')[0])).toEqual(
      expect.arrayContaining(['query', 'subscription', 'mutation']),
    );
    expect(documents.flatMap(problems)).toEqual([]);
    expect(problems('{ by_bidder { nobody } }')).not.toEqual([]);
  });

  it('has a valid document in its program', () => {
    const documents = blocks('js').map((program) => /const query =\s*'(.*?)';/s.exec(program)![1]!);
    expect(documents).toHaveLength(1);
    expect(documents.flatMap(problems)).toEqual([]);
  });

  it('tells the limits that hold', () => {
    const { defaultPage, maxPage, maxOffset, snapshotRows, answerBytes, bytesInFlight, bytesInFlightOfAll } =
      DEFAULT_LIMITS;
    for (const limit of [defaultPage, maxPage, maxOffset, snapshotRows])
      expect(text).toContain(limit.toLocaleString('en'));
    for (const bytes of [answerBytes, bytesInFlight, bytesInFlightOfAll])
      expect(text).toContain(`${bytes / 2 ** 20} MB`);
  });
});
