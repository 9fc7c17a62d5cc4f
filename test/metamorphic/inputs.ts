// What the queries read: sales in four partitions, out of order and sometimes late, and items in two; with NULLs, repeated rows and
// a few keys that most rows have. They are declared with the generator as connector, which the world of the test replaces by
// logs in memory.

import type { Logs } from '../task/memory-input.ts';
import { seededRandom } from '../windows/seeded-random.ts';

export const SOURCES = `
CREATE SOURCE sale (id BIGINT NOT NULL, item INTEGER, shop TEXT, price NUMERIC(10,2), paid BOOLEAN, at TIMESTAMPTZ,
  WATERMARK FOR at AS at - INTERVAL '2 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '0') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE item (id INTEGER NOT NULL, kind TEXT, weight BIGINT)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '1') FORMAT PLAIN ENCODE JSON;
`;

const START = 1_700_000_000_000;

/** By seed of the source. */
export function inputs(seed: number, sales: number): readonly Logs[] {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  const some = <T>(value: T): T | null => (random() < 0.08 ? null : value);
  const items = Math.max(20, Math.floor(sales / 10));
  const sale: string[][] = Array.from({ length: 4 }, () => []);
  for (let id = 0; id < sales; id++) {
    const late = random() < 0.1 ? pick(12_000) : pick(1500);
    const row = {
      id: random() < 0.05 ? pick(id + 1) : id,
      item: some(random() < 0.3 ? pick(3) : pick(items)),
      shop: some(`shop ${'é'.repeat(pick(2))}${pick(12)}`),
      price: some((pick(20_000) - 500) / 100),
      paid: some(random() < 0.7),
      at: random() < 0.02 ? null : new Date(START + id * 40 - late).toISOString(),
    };
    sale[pick(4)]!.push(JSON.stringify(row));
  }
  const item: string[][] = Array.from({ length: 2 }, () => []);
  for (let id = 0; id < items; id++)
    item[id % 2]!.push(JSON.stringify({ id, kind: some('abcdef'[pick(6)]!), weight: some(pick(40)) }));
  return [sale, item];
}

export function bytesOf(logs: readonly Logs[]): number {
  return logs.flat(2).reduce((sum, record) => sum + Buffer.byteLength(record), 0);
}
