// The name of an output column without alias, as Postgres gives it (FigureColname of its parse_target.c).

import type { Expression } from '../sql/ast.ts';

export function outputName(expression: Expression): string {
  return figure(expression).name ?? '?column?';
}

interface Figured {
  readonly name: string | undefined;
  /** 2: from a column or function; 1: from a type or CASE, which gives way to what is inside; 0: nothing. */
  readonly strength: 0 | 1 | 2;
}

const NOTHING: Figured = { name: undefined, strength: 0 };

function strong(name: string): Figured {
  return { name, strength: 2 };
}

function figure(expression: Expression): Figured {
  switch (expression.kind) {
    case 'ColumnReference':
      return strong(expression.parts.at(-1)!.name);
    case 'FunctionCall':
      return strong(expression.name.name.name);
    case 'FieldAccess':
      return strong(expression.field.name);
    case 'Subscript':
    case 'Slice':
      return figure(expression.operand);
    case 'Collate':
      return figure(expression.operand);
    case 'Cast': {
      const inner = figure(expression.operand);
      return inner.strength <= 1 ? { name: expression.type.name, strength: 1 } : inner;
    }
    case 'TypedLiteral':
      return { name: expression.type.name, strength: 1 };
    case 'Case': {
      const inner = expression.otherwise === undefined ? NOTHING : figure(expression.otherwise);
      return inner.strength <= 1 ? { name: 'case', strength: 1 } : inner;
    }
    case 'Coalesce':
      return strong('coalesce');
    case 'NullIf':
      return strong('nullif');
    case 'MinMax':
      return strong(expression.function);
    case 'Extract':
      return strong('extract');
    case 'AtTimeZone':
      return strong('timezone');
    case 'SqlValue':
      return strong(expression.name);
    case 'Exists':
      return strong('exists');
    case 'ArrayConstructor':
    case 'ArraySubquery':
      return strong('array');
    case 'Row':
      return strong('row');
    case 'Grouping':
      return strong('grouping');
    case 'ScalarSubquery': {
      const body = expression.query.body;
      const first = body.kind === 'Select' ? body.targets[0] : undefined;
      if (first === undefined) return NOTHING;
      return first.alias === undefined ? figure(first.expression) : strong(first.alias.name);
    }
    default:
      return NOTHING;
  }
}
