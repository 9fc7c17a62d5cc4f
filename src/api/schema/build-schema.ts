// The GraphQL schema of a catalog. Made anew whenever the catalog changes; running operations keep the one they began with.

import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { PipelineControl } from '../control.ts';
import type { Limits } from '../limits.ts';
import type { Subscriptions } from '../view-subscription.ts';
import { operationMutations, operationQueries } from './operations.ts';
import { servedViews } from './served-view.ts';
import type { RootFields } from './view-fields.ts';
import { queryFields, subscriptionField } from './view-fields.ts';
import { viewTypes } from './view-types.ts';

export function buildSchema(
  control: PipelineControl,
  subscriptions: Subscriptions,
  limits: Limits,
): GraphQLSchema {
  const queries: RootFields = operationQueries(control);
  const live: RootFields = {};
  for (const view of servedViews(control.catalog)) {
    const types = viewTypes(view);
    Object.assign(queries, queryFields(view, types, limits));
    live[view.name] = subscriptionField(view, types, subscriptions);
  }
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields: operationMutations(control) });
  const query = new GraphQLObjectType({ name: 'Query', fields: queries });
  if (Object.keys(live).length === 0) return new GraphQLSchema({ query, mutation });
  return new GraphQLSchema({
    query,
    mutation,
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: live }),
  });
}
