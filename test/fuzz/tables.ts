// Random inputs: which columns they have, and how they are declared. Streams that grow, and tables whose rows are set and deleted by
// their keys, by upserts or by change events.

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

export type TableKind = 'stream' | 'upsert' | 'debezium';

export interface Table {
  readonly name: string;
  readonly kind: TableKind;
  /** Names of columns; of a table. */
  readonly key: readonly string[];
  readonly columns: readonly TableColumn[];
}

const ALWAYS: readonly ColumnType[] = ['int', 'text'];
const OTHERS: readonly ColumnType[] = ['int', 'big', 'num', 'num', 'dbl', 'text', 'bool'];

/** Each has an `id`, of each row of a stream another one, and a time. */
export function randomTable(dice: Dice, name: string): Table {
  const kind = dice.weighted<TableKind>([
    [5, 'stream'],
    [4, 'upsert'],
    [1, 'debezium'],
  ]);
  const key = kind === 'stream' ? [] : dice.chance(0.7) ? ['id'] : ['id', 'text1'];
  const others = Array.from({ length: 1 + dice.below(4) }, () => dice.one(OTHERS));
  const values = [...ALWAYS, ...others].map((type, i): TableColumn => ({
    name: `${type}${i}`,
    type,
    nullable: !key.includes(`${type}${i}`) && dice.chance(0.7),
  }));
  return {
    name,
    kind,
    key,
    columns: [
      { name: 'id', type: 'big', nullable: false },
      { name: 'at', type: 'time', nullable: true },
      ...values,
    ],
  };
}

export function declaration({ name, kind, key, columns }: Table, number: number): string {
  const list = columns
    .map((column) => `${column.name} ${SQL_TYPES[column.type]}${column.nullable ? '' : ' NOT NULL'}`)
    .join(', ');
  if (kind === 'stream')
    return `CREATE SOURCE ${name} (${list}, WATERMARK FOR at AS at - INTERVAL '2 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '${number}') FORMAT PLAIN ENCODE JSON;`;
  return `CREATE TABLE ${name} (${list}, PRIMARY KEY (${key.join(', ')}))
WITH (connector = 'kafka', topic = '${number}') FORMAT ${kind.toUpperCase()} ENCODE JSON;`;
}
