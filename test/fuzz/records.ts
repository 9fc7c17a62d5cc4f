// What stands in random inputs: NULLs, few distinct values, a few keys that most rows have, repeated rows, times out of order and late;
// in tables rows that are set again, deleted and set again, keys and values in all the forms that they may have.

import type { Logs, MemoryRecord } from '../task/memory-input.ts';
import type { Dice } from './dice.ts';
import type { ColumnType, Table } from './tables.ts';

const START = 1_700_000_000_000;

export const TRUNCATION = JSON.stringify({ op: 't' });

/** Records by partition. A truncation is only possible where one task reads one partition. */
export function randomRecords(dice: Dice, table: Table, tasks: number): Logs {
  const partitions = 1 + dice.below(3);
  const logs: MemoryRecord[][] = Array.from({ length: partitions }, () => []);
  const rows = (dice.chance(0.1) ? 1 : 12) + dice.below(dice.chance(0.15) ? 120 : 35);
  const spread = 2 + dice.below(8);
  if (table.kind === 'stream') growing(dice, table, rows, spread, logs);
  else changing(dice, table, rows, spread, logs, partitions === 1 && tasks === 1);
  return logs;
}

type Row = Record<string, unknown>;

function randomRow(dice: Dice, { columns }: Table, spread: number, id: number): Row {
  const row: Row = {};
  for (const { name, type, nullable } of columns)
    row[name] = nullable && dice.chance(0.15) ? null : value(dice, type, spread, id);
  return row;
}

function growing(dice: Dice, table: Table, rows: number, spread: number, logs: MemoryRecord[][]): void {
  let last = '';
  for (let id = 0; id < rows; id++) {
    const row = randomRow(dice, table, spread, id);
    row['id'] = id;
    if (dice.chance(0.95) || last === '') last = JSON.stringify(row);
    logs[dice.below(logs.length)]!.push(last);
  }
}

function changing(
  dice: Dice,
  table: Table,
  rows: number,
  spread: number,
  logs: MemoryRecord[][],
  truncates: boolean,
): void {
  const keys = 1 + dice.below(12);
  for (let n = 0; n < rows; n++) {
    const row = randomRow(dice, table, spread, n);
    const id = dice.chance(0.4) ? dice.below(2) : dice.below(keys);
    row['id'] = id;
    // A key belongs into one partition.
    const log = logs[id % logs.length]!;
    log.push(table.kind === 'upsert' ? upsert(dice, table, row) : event(dice, table, row, truncates));
  }
}

function keyText(dice: Dice, { key, kind }: Table, row: Row): string {
  if (key.length === 1 && dice.chance(0.5)) return JSON.stringify(row[key[0]!]);
  const object = Object.fromEntries(key.map((name) => [name, row[name]]));
  const whole = { ...object, ...(dice.chance(0.2) ? { other: 1 } : {}) };
  return JSON.stringify(kind === 'debezium' && dice.chance(0.3) ? { schema: {}, payload: whole } : whole);
}

function upsert(dice: Dice, table: Table, row: Row): MemoryRecord {
  const key = keyText(dice, table, row);
  if (dice.chance(0.2)) return { key, value: null };
  // What the value says of the key does not count, and a member that is missing is NULL.
  const members = Object.entries(row).flatMap(([name, of]) => {
    if (table.key.includes(name) && dice.chance(0.5)) return [];
    if (of === null && dice.chance(0.5)) return [];
    return [[name, name === 'id' && dice.chance(0.3) ? 999 : of] as const];
  });
  return { key, value: JSON.stringify(Object.fromEntries(members)) };
}

function event(dice: Dice, table: Table, row: Row, truncates: boolean): MemoryRecord {
  const key = dice.chance(0.2) ? null : keyText(dice, table, row);
  const wrapped = dice.chance(0.3);
  const record = (payload: Row): MemoryRecord => ({
    key,
    value: JSON.stringify(wrapped ? { schema: {}, payload } : payload),
  });
  if (truncates && dice.chance(0.03)) return { key: null, value: TRUNCATION };
  return dice.weighted<() => MemoryRecord>([
    [8, () => record({ op: dice.one(['c', 'r', 'u']), before: null, after: row })],
    [1, () => record({ op: 'd', before: row, after: null })],
    [0.5, () => (key === null ? record({ op: 'd', before: row }) : { key, value: null })],
    [0.2, () => record({ op: 'm' })],
  ])();
}

function value(dice: Dice, type: ColumnType, spread: number, id: number): unknown {
  const n = dice.chance(0.4) ? dice.below(2) : dice.below(spread);
  switch (type) {
    case 'int':
    case 'big':
      return n - 1;
    case 'num':
      return (n * 5 - 5) / 4;
    case 'dbl':
      return n / 2 - 1;
    case 'text':
      return ['', 'a', 'b', 'é', 'ab', 'B', 'zz', 'a%'][n % 8];
    case 'bool':
      return n % 2 === 0;
    case 'time': {
      const late = dice.chance(0.15) ? dice.below(9000) : dice.below(1500);
      return new Date(START + id * 300 - late).toISOString();
    }
  }
}
