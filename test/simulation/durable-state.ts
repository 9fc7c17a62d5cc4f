// What a database holds of a pipeline, whichever database, and what must always be true of it.

import type { Input } from './counting-input.ts';
import { expectedAt } from './counting-input.ts';
import { decodeState } from './counting-pipeline.ts';

export interface DurableState {
  readonly epoch: number;
  readonly offsets: readonly number[];
  /** The bytes that the manifest names, in its order. */
  readonly segments: readonly Buffer[];
  readonly view: ReadonlyMap<string, number>;
  /** In the order (epoch, part). */
  readonly changelog: readonly { readonly epoch: number; readonly part: number; readonly bytes: Buffer }[];
  readonly late: readonly string[];
  readonly dead: readonly string[];
  /** Epoch → token of the plan that made it. */
  readonly tokens: ReadonlyMap<number, number>;
}

export class Violation extends Error {}

/** Throws a Violation unless the state is exactly what the input below its offsets gives. */
export function checkDurable(state: DurableState, input: Input): void {
  const expected = expectedAt(input, state.offsets);
  same('state read back from the segments', replay(state.segments), expected.counts);
  same('view', state.view, expected.counts);
  same('change log replayed', replay(state.changelog.map(({ bytes }) => bytes)), expected.counts);
  same('late rows', state.late, expected.late);
  same('dead letters', state.dead, expected.dead);
  let last = { epoch: 0, part: -1 };
  for (const { epoch, part } of state.changelog) {
    const follows = epoch === last.epoch ? part === last.part + 1 : epoch > last.epoch && part === 0;
    if (!follows || epoch > state.epoch)
      throw new Violation(`change log: (${epoch}, ${part}) after (${last.epoch}, ${last.part})`);
    last = { epoch, part };
  }
  for (let epoch = 1; epoch <= state.epoch; epoch++)
    if (!state.tokens.has(epoch)) throw new Violation(`epoch ${epoch} of ${state.epoch} is missing`);
}

export function checkAcknowledged(state: DurableState, acknowledged: ReadonlyMap<number, number>): void {
  for (const [epoch, token] of acknowledged) {
    const durable = state.tokens.get(epoch);
    if (durable !== token)
      throw new Violation(`epoch ${epoch} was acknowledged as plan ${token}, and is plan ${durable}`);
  }
}

export function checkFinished(state: DurableState, input: Input): void {
  same(
    'offsets at the end',
    state.offsets,
    input.map((records) => records.length),
  );
}

function replay(pieces: readonly Buffer[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const bytes of pieces)
    for (const [key, count] of decodeState(bytes)) {
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    }
  return counts;
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [canonical(found), canonical(expected)];
  if (a !== b) throw new Violation(`${what}: found ${a}, expected ${b}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value instanceof Map ? [...(value as Map<string, number>)].sort() : value);
}
