// How many values have each bit set, for bit_and and bit_or over input that changes: a bigint of 64 lanes, one per bit, to which the
// bits of a value are added, or from which they are taken away, all at once. A lane may borrow from the next one while retractions
// are ahead of insertions; when all of an epoch are there, every lane holds its count.

type Bigs = (bigint | undefined)[];

/** A lane counts to 2^48. */
const LANE = 48n;
const COUNT = (1n << LANE) - 1n;

/** By byte: its bits in eight lanes. */
const BYTES: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let lanes = 0n;
  for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) lanes |= 1n << (LANE * BigInt(bit));
  return lanes;
});

export function addBits(value: number | bigint, weight: number, lanes: Bigs, s: number): void {
  let low = typeof value === 'number' ? value : Number(BigInt.asIntN(32, value));
  let high = typeof value === 'number' ? 0 : Number(BigInt.asIntN(32, value >> 32n));
  let added = 0n;
  let at = 0n;
  for (; low !== 0; low >>>= 8, at += 8n) added += BYTES[low & 255]! << (at * LANE);
  for (at = 32n; high !== 0; high >>>= 8, at += 8n) added += BYTES[high & 255]! << (at * LANE);
  lanes[s] = (lanes[s] ?? 0n) + added * BigInt(weight);
}

/** The bits, of 64, that more than `over` values have. */
export function bitsOver(lanes: bigint, over: number): bigint {
  let bits = 0n;
  let rest = lanes;
  for (let bit = 0n; rest !== 0n; bit++, rest >>= LANE) if (Number(rest & COUNT) > over) bits |= 1n << bit;
  return bits;
}
