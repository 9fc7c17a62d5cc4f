// Functions in JavaScript: what of their definition the sandbox is told, and what it must be able to read.

import type { FunctionDef } from '../catalog/definition.ts';
import { typeName } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import { SCRIPT_TYPES } from '../expr/bind-script.ts';
import type { ScriptDefinition } from '../expr/sandbox/protocol.ts';
import { checkScript } from '../expr/sandbox/sandbox.ts';
import type { CreateFunction } from '../sql/statement.ts';
import { invalidDefinition, unsupported } from './fail.ts';

export function scriptOf({ name, parameters, returns, body }: FunctionDef): ScriptDefinition {
  const known = parameters.map((parameter) => ({ name: parameter.name, type: parameter.type.kind }));
  return { name, parameters: known, returns: returns.kind, body };
}

export function checkScriptDefinition(
  definition: FunctionDef,
  statement: CreateFunction,
  body: TextSpan,
): void {
  statement.parameters.forEach(({ name, type }, i) => {
    if (!/^[A-Za-z_$][\w$]*$/.test(name.name))
      throw invalidDefinition(
        `"${name.name}" is no name in JavaScript`,
        name.span,
        'name the parameter with letters, digits and _',
      );
    refuseType(definition.parameters[i]!.type, type.span);
  });
  refuseType(definition.returns, statement.returns.span);
  const mistake = checkScript(scriptOf(definition));
  if (mistake === null) return;
  throw new MillraceError({
    code: 'INVALID_FUNCTION_BODY',
    message: `the body is no JavaScript that can be run: ${mistake}`,
    hint: 'a body is what stands between the braces of a function: it ends with return',
    span: body,
  });
}

function refuseType(type: FunctionDef['returns'], span: TextSpan): void {
  if (SCRIPT_TYPES.has(type.kind)) return;
  throw unsupported(`${typeName(type)} in a function in JavaScript`, span, 'pass it as jsonb, or as text');
}
