// The root fields of one view: rows, one row by its key, an aggregate, and the subscription.

import type { GraphQLFieldConfig, GraphQLFieldConfigArgumentMap } from 'graphql';
import { GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString } from 'graphql';
import type { Value } from '../../data/value.ts';
import type { Limits } from '../limits.ts';
import type { Api } from '../request.ts';
import { isInput, scalarOf } from '../scalars.ts';
import type { PageArgs } from '../view-query.ts';
import { readByKey, readCount, readPage } from '../view-query.ts';
import type { SubscriptionArgs, Subscriptions } from '../view-subscription.ts';
import type { ServedView } from './served-view.ts';
import type { ViewTypes } from './view-types.ts';

export interface RequestContext {
  readonly api: Api;
}

export type RootField = GraphQLFieldConfig<unknown, RequestContext>;
export type RootFields = Record<string, RootField>;

export function queryFields(view: ServedView, types: ViewTypes, limits: Limits): RootFields {
  const fields: RootFields = {
    [view.name]: {
      type: listOf(types),
      description: `${view.description}. ${limits.defaultPage} rows unless "limit" says more, ${limits.maxPage} at most.`,
      args: {
        where: { type: types.where },
        order_by: { type: new GraphQLList(new GraphQLNonNull(types.orderBy)) },
        limit: { type: GraphQLInt },
        offset: { type: GraphQLInt },
      },
      resolve: (_, args, { api }) => readPage(api.reads, view, args as PageArgs, limits),
    },
    [`${view.name}_aggregate`]: {
      type: new GraphQLNonNull(types.aggregate),
      args: { where: { type: types.where } },
      resolve: async (_, args, { api }) => ({
        count: await readCount(api.reads, view, args as PageArgs, limits),
      }),
    },
  };
  const byKey = byKeyField(view, types);
  if (byKey !== null) fields[`${view.name}_by_key`] = byKey;
  return fields;
}

function listOf(types: ViewTypes): GraphQLNonNull<GraphQLList<GraphQLNonNull<ViewTypes['row']>>> {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.row)));
}

/** Null when a column of the key is not visible, or of a type whose values a client cannot write. */
function byKeyField(view: ServedView, types: ViewTypes): RootField | null {
  const { key, schema, visible } = view.layout;
  if (key.some((c) => c >= visible || !isInput(schema[c]!.type))) return null;
  const args: GraphQLFieldConfigArgumentMap = {};
  for (const c of key) {
    const { type, nullable } = schema[c]!;
    const scalar = scalarOf(type);
    args[view.columnNames[c]!] = { type: nullable ? scalar : new GraphQLNonNull(scalar) };
  }
  return {
    type: types.row,
    args,
    resolve: (_, given: Record<string, Value | undefined>, { api }) => {
      const values = key.map((c) => given[view.columnNames[c]!] ?? null);
      return readByKey(api.reads, view, values);
    },
  };
}

export function subscriptionField(
  view: ServedView,
  types: ViewTypes,
  subscriptions: Subscriptions,
): RootField {
  return {
    type: new GraphQLNonNull(types.changes),
    description: `First the matching rows of ${view.name}, then what each commit changes in them.`,
    args: {
      where: { type: types.where },
      after: { type: GraphQLString, description: 'A cursor: go on from there.' },
    },
    subscribe: (_, args, { api }) => subscriptions.open(view, args as SubscriptionArgs, api.connection),
    resolve: (message) => message,
  };
}
