// Reading the options of WITH (…): each is asked for by name and type; what nobody asked for does not exist and is refused with
// the names that do.

import { editDistance } from '../catalog/near.ts';
import type { TextSpan } from '../errors.ts';
import type { Option } from '../sql/statement.ts';
import { invalidOption, missingOption, unknownOption } from './fail.ts';

const MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

export class Options {
  private readonly byKey: ReadonlyMap<string, Option>;
  private readonly asked = new Set<string>();
  /** Where an option that is missing is missed. */
  private readonly span: TextSpan;

  constructor(options: readonly Option[], span: TextSpan) {
    this.byKey = new Map(options.map((option) => [option.key, option]));
    this.span = span;
  }

  find(key: string): Option | undefined {
    this.asked.add(key);
    return this.byKey.get(key);
  }

  text(key: string): string | undefined {
    return this.find(key)?.value;
  }

  required(key: string, hint: string): Option {
    const option = this.find(key);
    if (option === undefined) {
      this.refuseSlip(key);
      throw missingOption(key, this.span, hint);
    }
    if (option.value === '') throw invalidOption(key, 'must not be empty', option.valueSpan, hint);
    return option;
  }

  /** What was written is said before what is missing: topik, where topic is lacking. */
  private refuseSlip(key: string): void {
    const limit = Math.max(1, Math.floor(key.length / 3));
    for (const [given, { keySpan }] of this.byKey) {
      if (this.asked.has(given) || editDistance(given.toLowerCase(), key, limit) > limit) continue;
      throw unknownOption(given, [key], keySpan);
    }
  }

  oneOf<T extends string>(key: string, values: readonly T[], otherwise: T): T {
    const option = this.find(key);
    if (option === undefined) return otherwise;
    // Flink says earliest-offset where RisingWave says earliest, and the other way round.
    const given = option.value.toLowerCase();
    const value = values.find((known) =>
      [given, `${given}-offset`, given.replace(/-offset$/, '')].includes(known),
    );
    if (value !== undefined) return value;
    throw invalidOption(
      key,
      `"${option.value}" is none of its values`,
      option.valueSpan,
      `values: ${values.join(', ')}`,
    );
  }

  /** A whole number from `least` on. */
  count<T>(key: string, least: number, otherwise: T): number | T {
    const option = this.find(key);
    if (option === undefined) return otherwise;
    const value = Number(option.value);
    if (/^\d+$/.test(option.value) && Number.isSafeInteger(value) && value >= least) return value;
    throw invalidOption(
      key,
      `"${option.value}" is no whole number from ${least} on`,
      option.valueSpan,
      `write it like ${Math.max(least, 1000)}`,
    );
  }

  requiredCount(key: string, least: number, hint: string): number {
    this.required(key, hint);
    return this.count(key, least, least);
  }

  /** Refuses an option that means nothing beside what else was chosen. */
  refuse(key: string, because: string): void {
    const option = this.find(key);
    if (option !== undefined)
      throw invalidOption(key, because, option.keySpan, 'leave it out, or change the mode');
  }

  /** Milliseconds of `'30 s'`, `'5 minutes'`, `'100 ms'`. */
  duration<T>(key: string, otherwise: T): number | T {
    const option = this.find(key);
    if (option === undefined) return otherwise;
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(option.value.trim());
    const unit = match === null ? undefined : MILLIS[match[2]!.toLowerCase()];
    if (match !== null && unit !== undefined) return Math.round(Number(match[1]) * unit);
    throw invalidOption(
      key,
      `"${option.value}" is no duration`,
      option.valueSpan,
      "write it like '30 s' or '5 minutes'",
    );
  }

  /** A duration, or null for 'none'. */
  durationOrNone(key: string, otherwise: number | null): number | null {
    return this.text(key)?.toLowerCase() === 'none' ? null : this.duration(key, otherwise);
  }

  /** `0:42,1:300` or Flink's `partition:0,offset:42;partition:1,offset:300`. */
  offsets(key: string, hint: string): readonly (readonly [partition: number, offset: number])[] {
    const { value, valueSpan } = this.required(key, hint);
    const pairs = value.includes(';') || value.includes('partition') ? value.split(';') : value.split(',');
    const seen = new Set<number>();
    return pairs.map((pair) => {
      const match = /^\s*(?:partition\s*:\s*)?(\d+)\s*(?::|,\s*offset\s*:)\s*(\d+)\s*$/.exec(pair);
      const [partition, offset] = [Number(match?.[1]), Number(match?.[2])];
      if (match === null || !Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) {
        throw invalidOption(key, `"${pair.trim()}" is no partition and offset`, valueSpan, hint);
      }
      if (seen.has(partition))
        throw invalidOption(key, `partition ${partition} is given twice`, valueSpan, hint);
      seen.add(partition);
      return [partition, offset] as const;
    });
  }

  /** All options that begin with `prefix`, without it; only `names` exist. */
  group(prefix: string, names: readonly string[]): Readonly<Record<string, string>> {
    names.forEach((name) => this.asked.add(prefix + name));
    const found: Record<string, string> = {};
    for (const [key, option] of this.byKey) {
      if (!key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      if (names.includes(name)) found[name] = option.value;
    }
    return found;
  }

  /** To be called last: refuses what nobody asked for. */
  finish(): void {
    for (const [key, option] of this.byKey) {
      if (!this.asked.has(key)) throw unknownOption(key, this.asked, option.keySpan);
    }
  }
}
