// What datagen writes for a column: the JSON value of row k, a function of the seed, the column and k alone, so that a position is enough
// to go on from.

import type { DatagenField } from '../../catalog/connector.ts';
import type { RowSchema } from '../../data/types.ts';
import type { ByteWriter } from '../formats/byte-writer.ts';
import { EventRandom } from '../nexmark/event-random.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const TWO_32 = 4294967296;
const DAY_MS = 86_400_000;

export class RowMaker {
  private readonly keys: readonly string[];
  private readonly fields: readonly DatagenField[];
  private readonly seeds: readonly number[];
  private readonly random = new EventRandom();

  /** `fields[i]` is of `columns[i]`. */
  constructor(seed: number, columns: RowSchema, fields: readonly DatagenField[]) {
    this.keys = columns.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    this.fields = fields;
    this.seeds = columns.map((_, i) => (Math.imul(seed | 0, 0x9e3779b1) + i) | 0);
  }

  /** Appends row `k` as a JSON object. */
  write(k: number, out: ByteWriter): void {
    for (let i = 0; i < this.fields.length; i++) {
      out.text(this.keys[i]!);
      this.random.start(this.seeds[i]!, k);
      out.text(valueText(this.fields[i]!, k, this.random));
    }
    out.text('}');
  }
}

function valueText(field: DatagenField, k: number, random: EventRandom): string {
  switch (field.kind) {
    case 'boolean':
      return random.next() & 1 ? 'true' : 'false';
    case 'sequence':
      return decimal(BigInt(field.start) + BigInt(k), field.scale);
    case 'random integer':
      return decimal(between(random, BigInt(field.min), BigInt(field.max)), field.scale);
    case 'random double':
      return String(field.min + random.unit() * (field.max - field.min));
    case 'random text': {
      let text = '"';
      for (let i = 0; i < field.length; i++) text += ALPHABET[random.below(ALPHABET.length)]!;
      return `${text}"`;
    }
    case 'time sequence':
      return time(field.start + k * field.step);
    case 'random time':
      return time(field.min + Math.floor(random.unit() * (field.max - field.min + 1)));
    case 'date sequence':
      return date(field.start + k * field.step);
    case 'random date':
      return date(field.min + random.below(field.max - field.min + 1));
    case 'random time of day':
      return time(random.below(DAY_MS))
        .replace(/^"[^T]*T/, '"')
        .replace('Z', '');
    case 'random uuid':
      return uuid(hex(random, 16));
    case 'random bytes':
      return `"\\\\x${hex(random, field.length)}"`;
  }
}

/** Both ends may come; 64 bits of randomness spread over ranges of that size evenly enough. */
function between(random: EventRandom, min: bigint, max: bigint): bigint {
  const range = max - min + 1n;
  if (range <= TWO_32) return min + BigInt(random.below(Number(range)));
  const wide = (BigInt(random.next()) << 32n) | BigInt(random.next());
  return min + ((wide * range) >> 64n);
}

/** An unscaled number with `scale` digits behind the point. */
function decimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function time(ms: number): string {
  return `"${new Date(ms).toISOString()}"`;
}

function date(days: number): string {
  return time(days * DAY_MS).replace(/T.*"$/, '"');
}

function hex(random: EventRandom, bytes: number): string {
  let text = '';
  for (let i = 0; i < bytes; i++) text += random.below(256).toString(16).padStart(2, '0');
  return text;
}

/** Version 4, variant 1, by RFC 9562. */
function uuid(digits: string): string {
  const variant = '89ab'[Number.parseInt(digits[16]!, 16) & 3]!;
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
  ];
  return `"${[...parts, digits.slice(20)].join('-')}"`;
}
