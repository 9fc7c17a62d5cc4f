// boolean: the IS family. Its comparisons are in comparisons.ts; AND, OR and NOT are expressions of their own.

import type { Code, Slot } from '../kernel/code.ts';
import { bool, NEVER_NULL } from '../kernel/code.ts';
import type { ScalarFunction } from './function.ts';
import { special } from './function.ts';

function is(test: 'true' | 'false', negated: boolean): ScalarFunction {
  const emit = (_code: Code, args: readonly Slot[]): Slot => {
    const { parts, isNull } = args[0]!;
    const holds = test === 'true' ? parts[0]! : `!${parts[0]!}`;
    const known = isNull === NEVER_NULL ? holds : `(!${isNull} && ${holds})`;
    return bool(negated ? `!(${known})` : known);
  };
  return special(`is ${negated ? 'not ' : ''}${test}(boolean) boolean`, 'never', emit);
}

export const BOOLEANS: readonly ScalarFunction[] = [
  is('true', false),
  is('true', true),
  is('false', false),
  is('false', true),
  special('is unknown(boolean) boolean', 'never', (_code, args) => bool(args[0]!.isNull)),
  special('is not unknown(boolean) boolean', 'never', (_code, args) => bool(`!(${args[0]!.isNull})`)),
];
