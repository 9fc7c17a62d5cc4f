// What an item of ORDER BY says besides its expression: NULLs are last in ascending order and first in descending, unless it says.

import type { OrderItem } from '../sql/ast.ts';
import type { BoundOrder } from './bound.ts';

export function directionOf(item: OrderItem): Pick<BoundOrder, 'descending' | 'nullsFirst'> {
  const descending = item.direction === 'desc';
  return { descending, nullsFirst: item.nulls === undefined ? descending : item.nulls === 'first' };
}
