// generate_series of numeric: how long a series is, and its n-th value. The first value prints as it was given; the others have the
// digits of a sum.

import { NUMERIC_NAN } from '../../data/column.ts';
import { fail } from '../../data/failure.ts';
import { powerOfTen } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import { checkedLength } from './series.ts';

export function numericLength(
  au: bigint,
  as: number,
  bu: bigint,
  bs: number,
  cu: bigint,
  cs: number,
): bigint {
  requireFinite(as, 'start value');
  requireFinite(bs, 'stop value');
  requireFinite(cs, 'step size');
  if (cu === 0n) fail('22023', 'step size cannot equal zero');
  const scale = Math.max(as, bs, cs);
  const step = cu * powerOfTen(scale - cs);
  const distance = bu * powerOfTen(scale - bs) - au * powerOfTen(scale - as);
  if (step > 0n ? distance < 0n : distance > 0n) return 0n;
  return checkedLength(distance / step + 1n);
}

function requireFinite(scale: number, what: string): void {
  if (scale < 0) fail('22023', `${what} cannot be ${scale === NUMERIC_NAN ? 'NaN' : 'infinity'}`);
}

export function numericItem(au: bigint, as: number, cu: bigint, cs: number, ordinal: bigint): bigint {
  result.scale = ordinal === 1n ? as : Math.max(as, cs);
  if (ordinal === 1n) return au;
  return au * powerOfTen(result.scale - as) + (ordinal - 1n) * cu * powerOfTen(result.scale - cs);
}
