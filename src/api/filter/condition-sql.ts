// A condition as SQL over the columns of a view's table; values are parameters.

import type { RowSchema } from '../../data/types.ts';
import { valueToText } from '../../data/text-forms.ts';
import { castName } from '../../postgres/type-oids.ts';
import { quoteIdent } from '../../postgres/values.ts';
import type { SqlCondition } from '../../views/snapshot.ts';
import type { Condition } from './condition.ts';

export function conditionSql(condition: Condition, schema: RowSchema): SqlCondition {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const write = (c: Condition): string => {
    switch (c.kind) {
      case 'compare': {
        const { name, type } = schema[c.column]!;
        return `${quoteIdent(name)} ${c.op} ${parameter(valueToText(c.value, type))}::${castName(type)}`;
      }
      case 'in': {
        const { name, type } = schema[c.column]!;
        const texts = c.values.map((value) => valueToText(value, type));
        return `${quoteIdent(name)} = ANY (${parameter(texts)}::${castName(type)}[])`;
      }
      case 'like':
        return `${quoteIdent(schema[c.column]!.name)} ${c.fold ? 'ILIKE' : 'LIKE'} ${parameter(c.pattern)}::text`;
      case 'isNull':
        return `${quoteIdent(schema[c.column]!.name)} IS NULL`;
      case 'and':
        return c.args.length === 0 ? 'true' : `(${c.args.map(write).join(' AND ')})`;
      case 'or':
        return c.args.length === 0 ? 'false' : `(${c.args.map(write).join(' OR ')})`;
      case 'not':
        return `(NOT ${write(c.arg)})`;
    }
  };
  return { text: write(condition), values };
}
