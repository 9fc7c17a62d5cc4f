// A whole engine in the process of the test: real Postgres, inputs from files and the generator.

import { expect, onTestFinished } from 'vitest';
import type { Verdict } from '../../src/cli/check.ts';
import { checkViews } from '../../src/cli/check.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { Log } from '../../src/cli/log.ts';
import { openEngine } from '../../src/cli/open-engine.ts';
import type { Comparison } from '../../src/oracle/compare.ts';
import { readConfig } from '../../src/config.ts';
import { renderError } from '../../src/errors.ts';
import { openRequestDoor } from '../../src/pipeline/requests.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { until } from '../integration/eventually.ts';
import { freshDatabase } from '../setup/parts.ts';

export interface EngineOptions {
  /** Of an earlier engine; a new one by default. */
  readonly databaseUrl?: string;
  readonly fileRoot?: string;
  readonly brokers?: readonly string[];
  /** Configuration beside the file root. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told every line of the log. */
  readonly log?: Log;
}

/** Closed at the end of the test, unless the test has done so itself. */
export async function openTestEngine(
  options: EngineOptions = {},
): Promise<OpenEngine & { readonly databaseUrl: string }> {
  const databaseUrl = options.databaseUrl ?? (await freshDatabase()).url;
  const config = readConfig({
    ...options.env,
    ...(options.fileRoot === undefined ? {} : { MILLRACE_FILE_ROOT: options.fileRoot }),
  });
  const open = await openEngine(config, databaseUrl, options.brokers ?? [], options.log ?? (() => {}));
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= open.close());
  onTestFinished(close);
  return { ...open, close, databaseUrl };
}

export async function submit(open: OpenEngine, sql: string): Promise<void> {
  await open.engine.submit(sql, { requester: 'test' });
}

/** Waits until every pipeline has read its bounded input to the end. */
export async function finished(open: OpenEngine): Promise<void> {
  await until(
    'all pipelines have finished',
    () => {
      const pipelines = open.engine.pipelines();
      const failed = pipelines.find(({ state }) => state === 'failed');
      if (failed !== undefined) throw new Error(renderError(failed.cause));
      return pipelines.every(({ state }) => state === 'finished');
    },
    () =>
      JSON.stringify(open.engine.pipelines().map(({ name, state, cause }) => [name, state, String(cause)])),
  );
}

/** What the oracle says of every view, by name; one that cannot be compared is an error. */
export async function verdicts(open: OpenEngine): Promise<ReadonlyMap<string, Comparison>> {
  const found = new Map<string, Comparison>();
  for (const verdict of await allVerdicts(open)) {
    if (verdict.kind === 'unchecked') throw new Error(`${verdict.view}: ${verdict.why}`);
    found.set(verdict.view, verdict.comparison);
  }
  return found;
}

/** Of views by name, all of which have rows, but for those in `empty`, which have none. */
export async function expectEqualToPostgres(
  open: OpenEngine,
  views: Readonly<Record<string, string>>,
  empty: readonly string[] = [],
): Promise<void> {
  const found = await verdicts(open);
  expect([...found.keys()].sort()).toEqual(Object.keys(views).sort());
  for (const [view, { equal, rows, expectedRows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(rows, view).toBe(expectedRows);
    expect(equal, view).toBe(true);
    expect(rows > 0, view).toBe(!empty.includes(view));
  }
}

/** Statements that make materialized views of queries by name. */
export function viewStatements(views: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(views).map(([name, query]) => `CREATE MATERIALIZED VIEW ${name} AS ${query};`);
}

export async function allVerdicts(open: OpenEngine): Promise<readonly Verdict[]> {
  const made: Verdict[] = [];
  await checkViews(open, {
    signal: new AbortController().signal,
    checking: () => {},
    checked: (verdict) => void made.push(verdict),
  });
  return made;
}

/** The door of requests, with a session as psql has it before it; both are closed with the test. */
export async function openPsql({
  databaseUrl,
  engine,
}: OpenEngine & { databaseUrl: string }): Promise<Connection> {
  const pool = new Pool(databaseUrl, { applicationName: 'millrace' });
  const door = await openRequestDoor(pool, engine);
  const psql = await connect(databaseUrl, { applicationName: 'psql' });
  onTestFinished(async () => {
    await psql.close();
    await door.close();
    await pool.close();
  });
  return psql;
}
