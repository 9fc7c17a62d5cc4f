// The fields that are not views: what there is, how far it is, and statements.

import type { GraphQLOutputType } from 'graphql';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Definition } from '../../catalog/definition.ts';
import { isKept, quoteIdentifier } from '../../catalog/definition.ts';
import { didYouMean } from '../../catalog/near.ts';
import { typeName } from '../../data/types.ts';
import { MillraceError } from '../../errors.ts';
import { explain, planSubmission, understand } from '../../plan.ts';
import type { PipelineControl, StatementAnswer } from '../control.ts';
import { BIG_INT, TIMESTAMP_TZ } from '../scalars.ts';
import type { RootField, RootFields } from './view-fields.ts';

const required = (type: GraphQLOutputType): GraphQLNonNull<never> => new GraphQLNonNull(type as never);
const listOf = (type: GraphQLOutputType): GraphQLNonNull<never> => required(new GraphQLList(required(type)));
const text = { type: required(GraphQLString) };
const optionalText = { type: GraphQLString };
const texts = { type: listOf(GraphQLString) };

const COLUMN = new GraphQLObjectType({
  name: 'Column',
  fields: { name: text, type: text, nullable: { type: required(GraphQLBoolean) } },
});

const RELATION = new GraphQLObjectType({
  name: 'Relation',
  description: 'A source, table, view, materialized view or sink; or a function, whose columns are its parameters.',
  fields: { id: text, kind: text, schema: text, name: text, columns: { type: listOf(COLUMN) }, returns: optionalText, key: texts, dependsOn: texts, pipeline: optionalText },
}); // prettier-ignore

const PIPELINE = new GraphQLObjectType({
  name: 'Pipeline',
  fields: {
    id: text,
    name: text,
    state: text,
    percent: {
      type: GraphQLInt,
      description: 'While the state is bootstrapping: how much it has of what it loads or is built from.',
    },
    cause: optionalText,
    members: texts,
  },
});

const LAG = new GraphQLObjectType({
  name: 'Lag',
  description: 'Where a pipeline stands in one partition of a source.',
  fields: {
    pipeline: text,
    source: text,
    partition: { type: required(GraphQLInt) },
    nextOffset: { type: required(BIG_INT) },
    lag: { type: BIG_INT },
    maxEventTime: { type: TIMESTAMP_TZ },
    watermark: { type: TIMESTAMP_TZ },
    idle: { type: required(GraphQLBoolean) },
    holdsWatermark: { type: GraphQLBoolean },
  },
});

const ANSWER = new GraphQLObjectType({
  name: 'Answer',
  fields: {
    command: text,
    names: texts,
    notices: texts,
    text: optionalText,
    understood: {
      ...optionalText,
      description: 'The statement in PostgreSQL, when it was written in another dialect.',
    },
    table: {
      type: new GraphQLObjectType({
        name: 'AnswerTable',
        fields: { columns: texts, rows: { type: listOf(new GraphQLList(required(GraphQLString))) } },
      }),
    },
  },
});

const DIALECT = {
  type: GraphQLString,
  description: 'flinksql, mysql, snowflake, bigquery or trino; PostgreSQL when it is absent.',
};

interface Explained {
  readonly sql: string;
  readonly stage: string;
  readonly dialect?: string | null;
}

const STAGE = new GraphQLEnumType({
  name: 'ExplainStage',
  values: { ast: {}, bound: {}, logical: {}, physical: {}, code: {} },
});

export function operationQueries(control: PipelineControl): RootFields {
  return {
    catalog: { type: listOf(RELATION), resolve: () => control.catalog.list().map(relation) },
    pipelines: {
      type: listOf(PIPELINE),
      resolve: () =>
        control.pipelines().map(({ id, name, state, percent, cause, members }) => ({
          id,
          name,
          state,
          percent,
          cause: cause instanceof Error ? cause.message : (cause ?? null),
          members: members.map((member) => member.name),
        })),
    },
    lag: {
      type: listOf(LAG),
      resolve: (_, __, { api }) => api.reads.read((connection) => readLag(connection, control.catalog)),
    },
    explain: {
      type: required(GraphQLString),
      description: 'How a statement is planned. Nothing is changed.',
      args: {
        sql: { type: new GraphQLNonNull(GraphQLString) },
        stage: { type: STAGE, defaultValue: 'physical' },
        dialect: DIALECT,
      },
      resolve: (_, asked: Explained, { api }) => explainText(control, asked, api.requester),
    },
  };
}

export function operationMutations(control: PipelineControl): RootFields {
  const byName = { name: { type: new GraphQLNonNull(GraphQLString) }, schema: { type: GraphQLString } };
  type Named = { name: string; schema?: string | null };
  const one = async (sql: string, requester: string): Promise<StatementAnswer> =>
    (await control.submit(sql, { requester }))[0]!;
  const altering = (action: string, description?: string): RootField => ({
    type: required(ANSWER),
    ...(description === undefined ? {} : { description }),
    args: byName,
    resolve: (_, named: Named, { api }) =>
      one(`ALTER ${object(control.catalog, named)} ${action}`, api.requester),
  });
  return {
    submit: {
      type: listOf(ANSWER),
      description: 'One or more SQL statements: all of them take effect, or none.',
      args: { sql: { type: new GraphQLNonNull(GraphQLString) }, dialect: DIALECT },
      resolve: (_, { sql, dialect }: { sql: string; dialect?: string | null }, { api }) =>
        control.submit(sql, { requester: api.requester, dialect }),
    },
    drop: {
      type: required(ANSWER),
      args: byName,
      resolve: (_, named: Named, { api }) => one(`DROP ${object(control.catalog, named)}`, api.requester),
    },
    pause: altering('PAUSE'),
    resume: altering('RESUME'),
    rollback: altering(
      'ROLLBACK',
      'Back to the version before the last CREATE OR REPLACE; while that is being built, it is cancelled.',
    ),
    dropPreviousVersion: altering(
      'DROP PREVIOUS VERSION',
      'Drops the version that CREATE OR REPLACE has kept for an undo.',
    ),
    replayDeadLetters: altering(
      'REPLAY DEAD LETTERS',
      'Decodes the dead letters of a source again; what is valid now becomes rows, once.',
    ),
  };
}

/** `MATERIALIZED VIEW public.totals` */
function object(catalog: Catalog, named: { name: string; schema?: string | null }): string {
  const found = catalog.find({ name: named.name, schema: named.schema ?? undefined });
  if (found === undefined) {
    throw new MillraceError({
      code: 'UNKNOWN_RELATION',
      message: `there is no "${named.name}"`,
      hint: didYouMean(named.name, catalog.near(named.name)),
    });
  }
  return `${found.kind.toUpperCase()} ${quoteIdentifier(found.schema)}.${quoteIdentifier(found.name)}`;
}

function relation(definition: Definition): Record<string, unknown> {
  if (definition.kind === 'function') {
    const columns = definition.parameters.map(({ name, type }) => ({
      name,
      type: typeName(type),
      nullable: true,
    }));
    return { ...definition, columns, returns: typeName(definition.returns), key: [], pipeline: null };
  }
  const hidden = isKept(definition) ? definition.hidden : [];
  const columns = [...definition.columns, ...hidden];
  const key = isKept(definition) ? definition.key : [];
  return {
    ...definition,
    columns: definition.columns.map(({ name, type, nullable }) => ({ name, type: typeName(type), nullable })),
    returns: null,
    key: key.map((c) => columns[c]!.name),
    pipeline: 'pipelineId' in definition ? definition.pipelineId : null,
  };
}

async function readLag(
  connection: { query<Row extends object>(text: string): Promise<{ readonly rows: readonly Row[] }> },
  catalog: Catalog,
): Promise<unknown[]> {
  const { rows } = await connection.query<{ source_id: bigint }>(
    `SELECT pipeline, source_id, partition, next_offset AS "nextOffset", lag, max_event_time AS "maxEventTime", watermark, idle,
            holds_watermark AS "holdsWatermark" FROM millrace.lag ORDER BY 1, 2, 3 LIMIT 10000`,
  );
  return rows.map((row) => ({
    ...row,
    source: catalog.get(`s${row.source_id}`)?.name ?? String(row.source_id),
  }));
}

/** The text is planned first: what is not one statement that can be explained never reaches the engine. */
async function explainText(
  control: PipelineControl,
  { sql, stage, dialect }: Explained,
  requester: string,
): Promise<string> {
  const understood = understand(sql, dialect);
  const statement = `EXPLAIN (${stage.toUpperCase()}) ${understood.sql}`;
  const { statements } = planSubmission(statement, control.catalog, { dialect: understood.dialect });
  const bound = statements[0]?.bound;
  if (statements.length !== 1 || bound?.kind !== 'explain') {
    throw new MillraceError({
      code: 'NOT_EXPLAINABLE',
      message: 'explain takes one statement',
      hint: 'pass the statement alone, without EXPLAIN before it',
    });
  }
  const before = understood.dialect === undefined ? '' : `understood as: ${understood.sql}\n`;
  if (stage !== 'code') return before + explain(bound);
  return before + ((await control.submit(statement, { requester }))[0]!.text ?? '');
}
