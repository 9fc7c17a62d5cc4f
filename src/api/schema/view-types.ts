// The GraphQL types of one view: its row, its filter, its order, its changes. Rows are arrays of values, read by position.

import type { GraphQLFieldConfigMap, GraphQLInputFieldConfigMap, GraphQLScalarType } from 'graphql';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { ViewRow } from '../../views/row-change.ts';
import { BIG_INT, isInput, outputType, outputValue, scalarOf } from '../scalars.ts';
import type { ServedView } from './served-view.ts';

export interface ViewTypes {
  readonly row: GraphQLObjectType;
  readonly where: GraphQLInputObjectType;
  readonly orderBy: GraphQLInputObjectType;
  readonly changes: GraphQLObjectType;
  readonly aggregate: GraphQLObjectType;
}

export const ORDER = new GraphQLEnumType({
  name: 'Order',
  description: 'NULLs come last in ascending and first in descending order, unless said otherwise.',
  values: {
    asc: { value: 'ASC' },
    desc: { value: 'DESC' },
    asc_nulls_first: { value: 'ASC NULLS FIRST' },
    asc_nulls_last: { value: 'ASC NULLS LAST' },
    desc_nulls_first: { value: 'DESC NULLS FIRST' },
    desc_nulls_last: { value: 'DESC NULLS LAST' },
  },
});

const tests = new Map<GraphQLScalarType, GraphQLInputObjectType>();

/** What a column of this type can be tested for. Made once: a schema has one type per name. */
function testsOf(scalar: GraphQLScalarType): GraphQLInputObjectType {
  const known = tests.get(scalar);
  if (known !== undefined) return known;
  const one = { type: scalar };
  const many = { type: new GraphQLList(new GraphQLNonNull(scalar)) };
  const text = scalar === GraphQLString ? { _like: one, _ilike: one } : {};
  const made = new GraphQLInputObjectType({
    name: `${scalar.name}_test`,
    fields: { _eq: one, _neq: one, _gt: one, _gte: one, _lt: one, _lte: one, _in: many, _nin: many, ...text, _is_null: { type: GraphQLBoolean } }, // prettier-ignore
  });
  tests.set(scalar, made);
  return made;
}

/** Of values that a client cannot write. */
const PRESENCE = new GraphQLInputObjectType({
  name: 'Presence_test',
  fields: { _is_null: { type: GraphQLBoolean } },
});

export function viewTypes(view: ServedView): ViewTypes {
  const row = rowType(view);
  return {
    row,
    where: whereType(view),
    orderBy: orderType(view),
    changes: changesType(view, row),
    aggregate: new GraphQLObjectType({
      name: `${view.name}_aggregate`,
      fields: { count: { type: new GraphQLNonNull(BIG_INT) } },
    }),
  };
}

function rowType({ name, layout, columnNames, description }: ServedView): GraphQLObjectType {
  const fields: GraphQLFieldConfigMap<ViewRow, unknown> = {};
  columnNames.forEach((column, c) => {
    const { type, nullable } = layout.schema[c]!;
    const shown = outputType(type);
    fields[column] = {
      type: nullable ? shown : new GraphQLNonNull(shown),
      resolve: (values) => outputValue(values[c]!, type),
    };
  });
  return new GraphQLObjectType({ name, description, fields });
}

function whereType({ name, layout, columnNames }: ServedView): GraphQLInputObjectType {
  const where: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${name}_where`,
    description: 'All of it holds. What is unknown because of a NULL does not, as in SQL.',
    fields: () => {
      const several = { type: new GraphQLList(new GraphQLNonNull(where)) };
      const fields: GraphQLInputFieldConfigMap = { _and: several, _or: several, _not: { type: where } };
      columnNames.forEach((column, c) => {
        const { type } = layout.schema[c]!;
        fields[column] = { type: isInput(type) ? testsOf(scalarOf(type)) : PRESENCE };
      });
      return fields;
    },
  });
  return where;
}

function orderType({ name, columnNames }: ServedView): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: `${name}_order_by`,
    description: 'One column each; the first counts most. Ties are ordered by the key of the view.',
    fields: Object.fromEntries(columnNames.map((column) => [column, { type: ORDER }])),
  });
}

function changesType({ name }: ServedView, row: GraphQLObjectType): GraphQLObjectType {
  const one = new GraphQLNonNull(row);
  const rows = { type: new GraphQLNonNull(new GraphQLList(one)) };
  const update = new GraphQLObjectType({
    name: `${name}_update`,
    fields: { before: { type: one }, after: { type: one } },
  });
  return new GraphQLObjectType({
    name: `${name}_changes`,
    description: 'What one or more commits changed in the rows that match the filter.',
    fields: {
      version: { type: new GraphQLNonNull(BIG_INT), description: 'The last commit that is in it.' },
      cursor: { type: new GraphQLNonNull(GraphQLString), description: 'Pass as "after" to go on from here.' },
      snapshot: {
        type: new GraphQLNonNull(GraphQLBoolean),
        description: 'The inserted rows are all that there are.',
      },
      inserted: rows,
      updated: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(update))) },
      deleted: { ...rows, description: 'As they were: deleted, or not matching any more.' },
    },
  });
}
