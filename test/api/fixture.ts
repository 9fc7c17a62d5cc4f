// A service with one view of every type, one with a wide key and one in another schema, fed by a committer; and a control
// that plans statements for real but runs nothing.

import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { ApiOptions, ApiServer } from '../../src/api/server.ts';
import { startApi } from '../../src/api/server.ts';
import type { PipelineControl, StatementAnswer } from '../../src/api/control.ts';
import { servedViews } from '../../src/api/schema/served-view.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { catalogOf } from '../../src/catalog/catalog.ts';
import type { MaterializedViewDef } from '../../src/catalog/definition.ts';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { ChangeFeed } from '../../src/views/change-feed.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { createViewTable, publishView } from '../../src/views/view-tables.ts';
import { freshDatabase } from '../setup/parts.ts';
import { Committer } from '../views/committer.ts';

const column = (name: string, type: types.SqlType, nullable = true) => ({ name, type, nullable });

export const EVERYTHING: RowSchema = [
  column('id', types.BIGINT, false),
  column('b', types.BOOLEAN),
  column('s', types.SMALLINT),
  column('i', types.INTEGER),
  column('d', types.DOUBLE),
  column('n', types.NUMERIC),
  column('t', types.TEXT),
  column('day', types.DATE),
  column('at', types.TIMESTAMP),
  column('atz', types.TIMESTAMPTZ),
  column('span', types.INTERVAL),
];

function view(
  id: number,
  name: string,
  columns: RowSchema,
  key: readonly number[],
  some: Partial<MaterializedViewDef> = {},
): MaterializedViewDef {
  return {
    kind: 'materialized view',
    id: `m${id}`,
    schema: 'public',
    name,
    text: `CREATE MATERIALIZED VIEW ${name} AS …`,
    dependsOn: [],
    columns,
    hidden: [],
    key,
    appendOnly: false,
    emit: 'on change',
    pipelineId: `p${id}`,
    ...some,
  };
}

export const VIEWS = [
  view(1, 'things', EVERYTHING, [0]),
  view(2, 'by colour', [column('colour', types.TEXT), column('count', types.BIGINT, false)], [0]),
  view(3, 'events', [column('what', types.TEXT)], [1], {
    schema: 'other',
    hidden: [column('o', types.BIGINT, false)],
  }),
];

export class TestControl implements PipelineControl {
  catalog: Catalog = catalogOf(VIEWS, 10);
  readonly submitted: string[] = [];
  #listener: (catalog: Catalog) => void = () => {};

  onCatalog(listener: (catalog: Catalog) => void): void {
    this.#listener = listener;
  }

  become(catalog: Catalog): void {
    this.catalog = catalog;
    this.#listener(catalog);
  }

  async submit(
    sql: string,
    { requester }: { readonly requester: string },
  ): Promise<readonly StatementAnswer[]> {
    if (sql.includes('defect')) throw new TypeError('secret insides');
    const { statements } = planSubmission(sql, this.catalog);
    this.submitted.push(`${requester}: ${sql}`);
    return statements.map(({ syntax }) => ({
      command: syntax.kind.toUpperCase(),
      names: [],
      notices: [],
      table: null,
      text: 'plan',
      understood: null,
    }));
  }

  pipelines() {
    return [
      {
        id: 'p1',
        name: 'things',
        state: 'running',
        percent: null,
        cause: null,
        members: [{ name: 'things' }],
      },
    ];
  }
}

export interface Fixture {
  readonly url: string;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly feed: ChangeFeed;
  readonly control: TestControl;
  readonly defects: unknown[];
  readonly layouts: readonly ViewLayout[];
  committer(view: number): Committer;
  restart(some: Partial<ApiOptions>): Promise<ApiServer>;
  close(): Promise<void>;
}

export async function newFixture(some: Partial<ApiOptions> = {}): Promise<Fixture> {
  const { url: databaseUrl } = await freshDatabase();
  await migrate(databaseUrl);
  const pool = new Pool(databaseUrl, { applicationName: 'test api' });
  await pool.query('CREATE SCHEMA other');
  const connection = await connect(databaseUrl, { applicationName: 'test committer' });
  const control = new TestControl();
  const layouts = servedViews(control.catalog).map((served) => served.layout);
  for (const layout of layouts) await makeView(connection, layout);
  const feed = new ChangeFeed();
  const committers = layouts.map((layout) => new Committer(connection, layout, [feed]));
  const defects: unknown[] = [];
  const servers: ApiServer[] = [];
  const restart = async (more: Partial<ApiOptions>): Promise<ApiServer> => {
    const server = await startApi({
      databaseUrl,
      control,
      feed,
      port: 0,
      logDefect: (error) => defects.push(error),
      ...more,
    });
    servers.push(server);
    return server;
  };
  const { url } = await restart(some);
  return {
    url,
    databaseUrl,
    pool,
    feed,
    control,
    defects,
    layouts,
    restart,
    committer: (index) => committers[index]!,
    async close() {
      for (const server of servers) await server.close();
      await connection.close();
      await pool.close();
    },
  };
}

async function makeView(connection: Connection, layout: ViewLayout): Promise<void> {
  await connection.query(
    'INSERT INTO millrace.pipelines (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, $2)',
    [layout.pipelineId, layout.name],
  );
  await createViewTable(connection, layout);
  await publishView(connection, layout, { comment: 'test', replaces: null });
}

export interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown>;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

export async function ask(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, errors: [], ...((await response.json()) as object) } as unknown as Answer;
}

export function socket(url: string, connectionParams: Record<string, unknown> = {}): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
}
