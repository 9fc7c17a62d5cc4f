// Which event is what: Nexmark's fixed order of kinds, and the arithmetic between "event number i of all" and "bid number k". Of
// every 50 events the first is a person, three are auctions and 46 are bids.

export type NexmarkTable = 'person' | 'auction' | 'bid';

export const NEXMARK_TABLES: readonly NexmarkTable[] = ['person', 'auction', 'bid'];

export const ROUND = 50;
/** First place and number of places of each kind within a round. */
export const PLACES: Readonly<Record<NexmarkTable, { readonly first: number; readonly count: number }>> = {
  person: { first: 0, count: 1 },
  auction: { first: 1, count: 3 },
  bid: { first: 4, count: 46 },
};

export function tableOfEvent(index: number): NexmarkTable {
  const place = index % ROUND;
  return place === 0 ? 'person' : place < 4 ? 'auction' : 'bid';
}

/** The index among all events of event number `k` of one kind. */
export function eventIndex(table: NexmarkTable, k: number): number {
  const { first, count } = PLACES[table];
  return Math.floor(k / count) * ROUND + first + (k % count);
}

/** How many events of one kind there are before index `index`: also the number of the next one. */
export function countBefore(table: NexmarkTable, index: number): number {
  const { first, count } = PLACES[table];
  const within = Math.min(Math.max((index % ROUND) - first, 0), count);
  return Math.floor(index / ROUND) * count + within;
}
