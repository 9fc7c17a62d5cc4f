// Random sources: which columns they have, and what stands in them. NULLs, few distinct values, a few keys that most rows have,
// repeated rows, times out of order and late.

import type { Dice } from './dice.ts';

export type ColumnType = 'int' | 'big' | 'num' | 'dbl' | 'text' | 'bool' | 'time';

export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  int: 'INTEGER',
  big: 'BIGINT',
  num: 'NUMERIC(10,2)',
  dbl: 'DOUBLE PRECISION',
  text: 'TEXT',
  bool: 'BOOLEAN',
  time: 'TIMESTAMPTZ',
};

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

const ALWAYS: readonly ColumnType[] = ['int', 'text'];
const OTHERS: readonly ColumnType[] = ['int', 'big', 'num', 'num', 'dbl', 'text', 'bool'];

/** Each has an `id` of its own and a time. */
export function randomTable(dice: Dice, name: string): Table {
  const others = Array.from({ length: 1 + dice.below(4) }, () => dice.one(OTHERS));
  const values = [...ALWAYS, ...others].map((type, i): TableColumn => ({
    name: `${type}${i}`,
    type,
    nullable: dice.chance(0.7),
  }));
  return {
    name,
    columns: [
      { name: 'id', type: 'big', nullable: false },
      { name: 'at', type: 'time', nullable: true },
      ...values,
    ],
  };
}

export function declaration({ name, columns }: Table, number: number): string {
  const list = columns.map(
    (column) => `${column.name} ${SQL_TYPES[column.type]}${column.nullable ? '' : ' NOT NULL'}`,
  );
  return `CREATE SOURCE ${name} (${list.join(', ')}, WATERMARK FOR at AS at - INTERVAL '2 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '${number}') FORMAT PLAIN ENCODE JSON;`;
}

const START = 1_700_000_000_000;

/** Records by partition. */
export function randomRecords(dice: Dice, { columns }: Table): readonly (readonly string[])[] {
  const partitions = 1 + dice.below(3);
  const logs: string[][] = Array.from({ length: partitions }, () => []);
  const rows = 1 + dice.below(dice.chance(0.15) ? 150 : 40);
  const spread = 2 + dice.below(8);
  let last = '';
  for (let id = 0; id < rows; id++) {
    const record: Record<string, unknown> = {};
    for (const { name, type, nullable } of columns)
      record[name] = nullable && dice.chance(0.15) ? null : value(dice, type, spread, id);
    record['id'] = id;
    if (dice.chance(0.95) || last === '') last = JSON.stringify(record);
    logs[dice.below(partitions)]!.push(last);
  }
  return logs;
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
