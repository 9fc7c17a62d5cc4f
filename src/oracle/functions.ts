// The functions that a view calls, made again in the session of the oracle, so that Postgres itself computes their bodies.

import type { Catalog } from '../catalog/catalog.ts';
import type { FunctionDef } from '../catalog/definition.ts';
import { castName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';
import type { Expression } from '../sql/ast.ts';
import type { ObjectName } from '../sql/names.ts';
import { parseStatement } from '../sql/parse.ts';
import { postgresExpression } from '../sql/postgres-query.ts';

/** How a text calls a function that was created; undefined for those of Postgres. Names of several schemas may be the same. */
export function functionNames(catalog: Catalog): (name: ObjectName) => string | undefined {
  return ({ schema, name }) => {
    const found = catalog.findFunction({ schema: schema?.name, name: name.name });
    return found === undefined ? undefined : madeName(found);
  };
}

function madeName({ id }: FunctionDef): string {
  return `pg_temp.oracle_function_${id}`;
}

/**
 * STABLE, so that a call that is not put in place is computed for the rows that need it alone. What it calls must be there already.
 */
export function functionText(definition: FunctionDef, catalog: Catalog): string {
  const statement = parseStatement(definition.text);
  if (statement.kind !== 'CreateFunction' || statement.body.kind !== 'expression')
    throw new Error(`the text of function ${definition.name} is no SQL function`);
  const write = (expression: Expression): string => postgresExpression(expression, functionNames(catalog));
  const parameters = statement.parameters.map(({ fallback }, i) => {
    const { name, type } = definition.parameters[i]!;
    return `${quoteIdent(name)} ${castName(type)}${fallback === undefined ? '' : ` DEFAULT ${write(fallback)}`}`;
  });
  const body = write(withoutQualifiers(statement.body.expression));
  const strict = definition.strict ? ' STRICT' : '';
  return (
    `CREATE FUNCTION ${madeName(definition)}(${parameters.join(', ')}) RETURNS ${castName(definition.returns)} ` +
    `LANGUAGE sql STABLE${strict} RETURN ${body}`
  );
}

/** In a body names are parameters, and the function that qualifies them has another name here. */
function withoutQualifiers(expression: Expression): Expression {
  return changed(expression) as Expression;
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && value.kind === 'ColumnReference' && 'parts' in value && Array.isArray(value.parts))
    return { ...value, parts: value.parts.slice(-1) };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, changed(child)]));
}
