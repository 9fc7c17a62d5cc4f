// Errors of type resolution.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import { typeName } from '../../data/types.ts';
import { functionNames } from './candidates.ts';
import { nearNames } from './near-names.ts';
import type { ArgType, PgType } from './pg-types.ts';
import { typeOfPg } from './pg-types.ts';
import type { Refusal } from './refused-names.ts';
import { refusalOf } from './refused-names.ts';

export function argTypeName(type: ArgType): string {
  return type === 'unknown' ? 'unknown' : typeName(type);
}

export function pgTypeName(pg: PgType): string {
  const type = typeOfPg(pg);
  return type === undefined ? pg : typeName(type);
}

export function listTypes(args: readonly ArgType[]): string {
  return args.map(argTypeName).join(', ');
}

/** Raised before resolution for names that are refused whatever their arguments are. */
export function refuseNotDeterministic(name: string, span: TextSpan | undefined): void {
  const refusal = refusalOf(name);
  if (refusal?.code !== 'NOT_DETERMINISTIC') return;
  throw refused(name, refusal, span);
}

export function refused(shown: string, refusal: Refusal, span: TextSpan | undefined): MillraceError {
  const { code, reason, hint } = refusal;
  const where = code === 'NOT_DETERMINISTIC' ? ' in a continuous query' : '';
  return new MillraceError({
    code,
    message: `function ${shown} is not supported${where}: ${reason}`,
    hint,
    span,
  });
}

export function unknownFunction(
  name: string,
  args: readonly ArgType[],
  span: TextSpan | undefined,
): MillraceError {
  const refusal = refusalOf(name);
  if (refusal !== undefined) return refused(name, refusal, span);
  const near = nearNames(name, functionNames());
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name}(${listTypes(args)}) does not exist`,
    hint: near.length === 0 ? undefined : `did you mean ${near.join(', ')}?`,
    span,
  });
}
