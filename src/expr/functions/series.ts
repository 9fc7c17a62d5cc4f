// What generate_series in FROM is made of; no functions of PostgreSQL.

import { numericItem, numericLength } from '../runtime/numeric-series.ts';
import { integerItem, integerLength, timeItem, timeLength } from '../runtime/series.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

export const SERIES: readonly ScalarFunction[] = [
  mayFail('series_length(bigint,bigint,bigint) bigint', integerLength),
  mayFail('series_item(bigint,bigint,bigint) bigint', integerItem),
  mayFail('series_length(numeric,numeric,numeric) bigint', numericLength),
  mayFail('series_item(numeric,numeric,bigint) numeric', numericItem),
  ...(['timestamp', 'timestamptz'] as const).flatMap((type) => [
    mayFail(`series_length(${type},${type},interval) bigint`, timeLength),
    mayFail(`series_item(${type},interval,bigint) ${type}`, timeItem),
  ]),
];
