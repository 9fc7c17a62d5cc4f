// Random windows over a table, as they stand in FROM.

import type { Dice } from './dice.ts';
import type { Table } from './tables.ts';

function seconds(n: number): string {
  return `INTERVAL '${n} seconds'`;
}

/** `from`: a table's name, or a query in brackets. */
export function windowTable(dice: Dice, from: string): string {
  const size = 2 + dice.below(5);
  switch (dice.below(3)) {
    case 0:
      return `TUMBLE(${from}, at, ${seconds(size)}${dice.chance(0.3) ? `, ${seconds(1)}` : ''})`;
    case 1:
      return `HOP(${from}, at, ${seconds(1 + dice.below(4))}, ${seconds(size)})`;
    default:
      return `CUMULATE(${from}, at, ${seconds(size)}, ${seconds(size * (1 + dice.below(3)))})`;
  }
}

export function sessionTable(dice: Dice, table: Table): string {
  const by = table.columns.filter(({ type }) => type === 'int' || type === 'text');
  const partition = dice.chance(0.6) ? ` PARTITION BY ${dice.one(by).name}` : '';
  const gap = `INTERVAL '${dice.one([200, 500, 1500])} milliseconds'`;
  return `SESSION(${table.name}${partition}, at, ${gap})`;
}
