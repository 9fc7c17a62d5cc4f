// CREATE FUNCTION: what it takes and gives, and that its body can be computed.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition, FunctionDef } from '../catalog/definition.ts';
import type { SqlType } from '../data/types.ts';
import { unconstrained } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { isBuiltIn } from '../expr/resolve/built-in.ts';
import type { TypeName } from '../sql/names.ts';
import type { CreateFunction, FunctionParameter } from '../sql/statement.ts';
import { duplicateName, invalidDefinition, unsupported } from './fail.ts';
import { bindBody, bindDefault } from './function-body.ts';
import { checkScriptDefinition } from './script.ts';
import { bindType } from './type-name.ts';
import { userFunctions } from './user-function.ts';

const MAX_PARAMETERS = 100;

/** `text`: what the places in the statement point into. */
export function bindFunctionDefinition(
  statement: CreateFunction,
  identity: Pick<Definition, 'id' | 'schema' | 'name' | 'text'>,
  text: string,
  catalog: Catalog,
): FunctionDef {
  const { name, strict, language, body } = statement;
  refuseBuiltIn(name.name.name, name.span);
  const reads = new Set<string>();
  const functions = userFunctions({ catalog, reads });
  const parameters = parametersOf(statement.parameters, text);
  const returns = bindValueType(statement.returns);
  statement.parameters.forEach(({ fallback }, at) => {
    if (fallback !== undefined) bindDefault(fallback, parameters[at]!.type, functions);
  });
  if (body.kind === 'expression') bindBody(statement, returns, parameters.map(asColumn), functions);
  refuseRecursion(statement, catalog, reads);
  const definition: FunctionDef = {
    kind: 'function',
    ...identity,
    dependsOn: [...reads],
    parameters,
    returns,
    strict,
    language,
    body: body.kind === 'text' ? body.text : slice(text, body.expression.span),
  };
  if (body.kind === 'text') checkScriptDefinition(definition, statement, body.span);
  return definition;
}

/** Both give the same values for all arguments, and can be called in the same ways. */
export function sameFunction(a: FunctionDef, b: FunctionDef): boolean {
  const meaning = ({ parameters, returns, strict, language, body, dependsOn }: FunctionDef): string =>
    JSON.stringify([parameters, returns, strict, language, body, dependsOn]);
  return meaning(a) === meaning(b);
}

function slice(text: string, { offset, end }: TextSpan): string {
  return text.slice(offset, end);
}

/** Postgres would find its own one: the same text would mean two things. */
function refuseBuiltIn(name: string, span: TextSpan): void {
  if (!isBuiltIn(name)) return;
  throw unsupported(`a function with the name of a built-in one (${name})`, span, 'give it another name');
}

function parametersOf(parameters: readonly FunctionParameter[], text: string): FunctionDef['parameters'] {
  if (parameters.length > MAX_PARAMETERS)
    throw invalidDefinition(
      `functions cannot have more than ${MAX_PARAMETERS} arguments`,
      parameters[MAX_PARAMETERS]!.span,
    );
  const seen = new Set<string>();
  let optional = false;
  return parameters.map(({ name, type, fallback, span }) => {
    if (seen.has(name.name))
      throw duplicateName(`parameter name "${name.name}" used more than once`, name.span);
    seen.add(name.name);
    if (optional && fallback === undefined)
      throw invalidDefinition(
        'input parameters after one with a default value must also have defaults',
        span,
        'give it a DEFAULT, or put it before',
      );
    optional ||= fallback !== undefined;
    const given = fallback === undefined ? null : slice(text, fallback.span);
    return { name: name.name, type: bindValueType(type), fallback: given };
  });
}

/** Lengths and precisions of the types are not looked at, as in Postgres. */
function bindValueType(type: TypeName): SqlType {
  if (/^any/.test(type.name))
    throw unsupported(
      `a polymorphic function (${type.name})`,
      type.span,
      'name the type, one function for each',
    );
  return unconstrained(bindType(type));
}

function asColumn({ name, type }: FunctionDef['parameters'][number], index: number): BoundExpr {
  return { kind: 'column', index, name, type, nullable: true };
}

/** Only with OR REPLACE, or in what calls it, can a function be there before its body is read. */
function refuseRecursion({ name }: CreateFunction, catalog: Catalog, reads: ReadonlySet<string>): void {
  const own = catalog.findFunction({ schema: name.schema?.name, name: name.name.name });
  if (own === undefined || !reaches(reads, own.id, catalog)) return;
  throw unsupported('a function that calls itself', name.span, 'write the levels out');
}

function reaches(ids: Iterable<string>, wanted: string, catalog: Catalog): boolean {
  return [...ids].some((id) => id === wanted || reaches(catalog.get(id)?.dependsOn ?? [], wanted, catalog));
}
