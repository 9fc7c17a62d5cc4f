// A call of a function in JavaScript, made of what is there: its arguments as texts in a JSON array, the script's answer as text, and
// the cast that reads a value of its type from that.

import type { SqlType } from '../data/types.ts';
import { TEXT } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import { bindCast, bindFunction } from './bind.ts';
import type { BoundExpr } from './bound.ts';
import { functionKey } from './functions/function.ts';
import { literal } from './resolve/operand.ts';
import type { ScriptDefinition } from './sandbox/protocol.ts';

/** The types that arguments and values of scripts have. */
export const SCRIPT_TYPES: ReadonlySet<SqlType['kind']> = new Set<SqlType['kind']>([
  ...(['boolean', 'smallint', 'integer', 'bigint', 'real', 'double', 'numeric', 'text', 'varchar'] as const),
  ...(['uuid', 'date', 'time', 'timestamp', 'timestamptz', 'interval', 'jsonb'] as const),
]);

export function bindScript(
  definition: ScriptDefinition,
  args: readonly BoundExpr[],
  returns: SqlType,
  span?: TextSpan,
): BoundExpr {
  const texts = args.map((arg) => bindCast(arg, TEXT, span));
  const list = bindCast(bindFunction('jsonb_build_array', texts, span), TEXT, span);
  const call: BoundExpr = {
    kind: 'call',
    fn: functionKey('call_script', ['text', 'text']),
    args: [literal(JSON.stringify(definition), TEXT, span), list],
    type: TEXT,
    nullable: true,
    span,
  };
  return bindCast(call, returns, span);
}
