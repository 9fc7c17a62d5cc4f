// What a query without FROM reads: one row, of which no column has a name.

import { BIGINT } from '../data/types.ts';
import type { BoundOne } from './bound.ts';

export const ONE_ROW: BoundOne = {
  kind: 'one',
  alias: '',
  columns: [{ name: '_one', type: BIGINT, nullable: false, time: null }],
};
