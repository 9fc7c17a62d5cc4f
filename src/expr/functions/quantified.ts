// `value op ANY (array)` and `value op ALL (array)`: a loop over the items around the code of the operator.

import { TreeReader } from '../../data/tree/reader.ts';
import type { TypeKind } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import { cellReader } from '../runtime/cells.ts';
import { emitRead } from './cells.ts';
import type { CallTypes, ScalarFunction, SpecialFunction } from './function.ts';

const KEY = /^(any|all) (.+\(.+\))$/s;

/** Key of the quantified form of an operator, which is made of the operator's own. */
export function quantifiedKey(quantifier: 'any' | 'all', operator: string): string {
  return `${quantifier} ${operator}`;
}

export function quantifiedFunction(
  key: string,
  find: (operator: string) => ScalarFunction | undefined,
): SpecialFunction | undefined {
  const match = KEY.exec(key);
  const operator = match === null ? undefined : find(match[2]!);
  if (match === null || operator === undefined) return undefined;
  const decisive = match[1] === 'any';
  return {
    kind: 'special',
    name: key.slice(0, key.lastIndexOf('(')),
    params: [operator.params[0]!, 'array' as TypeKind],
    result: 'boolean',
    fails: operator.fails,
    variadic: false,
    nullable: 'sometimes',
    emit: (code, args, types) => emitLoop(code, args, types, operator, decisive),
  };
}

/** The outcome is open until an item is decisive; a NULL among the others makes it unknown. */
function emitLoop(
  code: Code,
  [value, array]: readonly Slot[],
  types: CallTypes,
  operator: ScalarFunction,
  decisive: boolean,
): Slot {
  const type = types.params[1]!;
  if (type.kind !== 'array' || operator.kind !== 'strict')
    throw new Error('no operator over the items of an array');
  const target = code.variable('bool', true);
  const reader = code.use(new TreeReader());
  code.block(`if (!${array!.isNull})`, () => {
    code.line(`${target.parts[0]!} = ${!decisive}; ${target.isNull} = false;`);
    code.line(`${reader}.open(${array!.parts.join(', ')});`);
    code.block(`while (${reader}.bytes[${reader}.at] !== 0)`, () => {
      const item = emitRead(code, `${code.use(cellReader(type.element))}(${reader})`, type.element);
      code.block(`if (${value!.isNull} || ${item.isNull})`, () => code.line(`${target.isNull} = true;`));
      code.block('else', () => {
        const args = [
          { ...value!, isNull: NEVER_NULL },
          { ...item, isNull: NEVER_NULL },
        ];
        const params = [types.params[0]!, type.element];
        const outcome = code.result('bool', operator.code(code, args, { params, result: types.result }));
        const found = decisive ? outcome.parts[0]! : `!${outcome.parts[0]!}`;
        code.line(`if (${found}) { ${target.parts[0]!} = ${decisive}; ${target.isNull} = false; break; }`);
      });
    });
  });
  return target;
}
