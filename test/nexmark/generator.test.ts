// The generator's promises: the same events whoever makes them and in whatever order, Nexmark's proportions, skews and sizes.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/connectors/formats/byte-writer.ts';
import type { NexmarkTable } from '../../src/connectors/nexmark/event-order.ts';
import {
  countBefore,
  eventIndex,
  NEXMARK_TABLES,
  tableOfEvent,
} from '../../src/connectors/nexmark/event-order.ts';
import { DEFAULT_OPTIONS, NexmarkGenerator } from '../../src/connectors/nexmark/generator.ts';

function textOf(generator: NexmarkGenerator, index: number): string {
  const out = new ByteWriter(16);
  generator.write(index, out);
  return Buffer.from(out.bytes.subarray(0, out.used)).toString();
}

type Json = Record<string, string | number>;

const FIELDS: Readonly<Record<NexmarkTable, readonly string[]>> = {
  bid: ['auction', 'bidder', 'price', 'channel', 'url', 'date_time', 'extra'],
  auction: [
    'id',
    'item_name',
    'description',
    'initial_bid',
    'reserve',
    'date_time',
    'expires',
    'seller',
    'category',
    'extra',
  ],
  person: ['id', 'name', 'email_address', 'credit_card', 'city', 'state', 'date_time', 'extra'],
};

const N = 20_000;
const generator = new NexmarkGenerator();
const texts = Array.from({ length: N }, (_, i) => textOf(generator, i));
const events = texts.map((text) => JSON.parse(text) as Json);
const of = (table: NexmarkTable): Json[] => events.filter((_, i) => tableOfEvent(i) === table);

describe('order', () => {
  test('index and number of an event lead to each other', () => {
    for (const table of NEXMARK_TABLES) {
      for (let k = 0; k < 500; k++) {
        const index = eventIndex(table, k);
        expect(tableOfEvent(index)).toBe(table);
        expect(countBefore(table, index)).toBe(k);
        expect(countBefore(table, index + 1)).toBe(k + 1);
      }
    }
    expect([of('person').length, of('auction').length, of('bid').length]).toEqual([400, 1200, 18_400]);
  });
});

describe('events', () => {
  test('depend on seed and index alone', () => {
    const again = new NexmarkGenerator();
    for (const i of [19_999, 0, 4, 777, 1, 12_345, 4]) expect(textOf(again, i)).toBe(texts[i]);
    const other = new NexmarkGenerator({ ...DEFAULT_OPTIONS, seed: 2 });
    expect(textOf(other, 4)).not.toBe(texts[4]);
  });

  test('are those of earlier versions: changing them would change every benchmark and every replay', () => {
    const hash = createHash('sha256').update(texts.join('\n')).digest('hex');
    expect(hash).toBe('324baeb260e0e31c0745418aba826cb6cf2d5bedee03a711f315a1bce2185799');
  });

  test('have their fields, in order', () => {
    for (const table of NEXMARK_TABLES) {
      for (const event of of(table)) expect(Object.keys(event)).toEqual(FIELDS[table]);
    }
  });

  test('have times that rise at the given rate', () => {
    const slow = new NexmarkGenerator({ seed: 1, eventsPerSecond: 4, baseTime: Date.UTC(2026, 0, 1) });
    const times = [0, 1, 2, 3, 4, 5].map((i) => (JSON.parse(textOf(slow, i)) as Json)['date_time']);
    expect(times).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.250Z',
      '2026-01-01T00:00:00.500Z',
      '2026-01-01T00:00:00.750Z',
      '2026-01-01T00:00:01.000Z',
      '2026-01-01T00:00:01.250Z',
    ]);
    for (const time of [0, 249, 250, 251, 1_000_000_001]) {
      const first = slow.firstEventAt(slow.options.baseTime + time);
      expect(slow.timeOf(first)).toBeGreaterThanOrEqual(slow.options.baseTime + time);
      if (first > 0) expect(slow.timeOf(first - 1)).toBeLessThan(slow.options.baseTime + time);
    }
  });

  test('go on beyond 2^32', () => {
    const far = 50 * 2 ** 40;
    const event = JSON.parse(textOf(generator, far + 4)) as Json;
    expect(Number(event['bidder'])).toBeGreaterThan(2 ** 40);
    expect(textOf(generator, far + 4)).not.toBe(textOf(generator, far + 4 + 50 * 2 ** 32));
  });
});

describe('as published', () => {
  const share = (list: readonly Json[], test: (event: Json) => boolean): number =>
    list.filter(test).length / list.length;

  test('half of the bids are for the hot auction, three quarters by the hot bidder, half over hot channels', () => {
    const bids = of('bid').slice(5000);
    expect(share(bids, (bid) => Number(bid['auction']) % 100 === 0)).toBeCloseTo(0.51, 1);
    expect(share(bids, (bid) => Number(bid['bidder']) % 100 === 1)).toBeCloseTo(0.75, 1);
    expect(share(bids, (bid) => !String(bid['channel']).startsWith('channel-'))).toBeCloseTo(0.5, 1);
  });

  test('ids lie around what is in flight', () => {
    events.forEach((event, i) => {
      if (tableOfEvent(i) !== 'bid') return;
      const auctions = 1000 + countBefore('auction', i);
      const auction = Number(event['auction']);
      expect(auction).toBeGreaterThanOrEqual(1000);
      expect(auction).toBeLessThan(auctions + 10);
      expect(auction).toBeGreaterThanOrEqual(auctions - 102);
    });
    const people = of('person').map((person) => person['id']);
    expect(people).toEqual(people.map((_, k) => 1000 + k));
    const auctions = of('auction').map((auction) => auction['id']);
    expect(auctions).toEqual(auctions.map((_, k) => 1000 + k));
  });

  test('prices are spread evenly over six powers of ten', () => {
    const decades = [0, 0, 0, 0, 0, 0];
    for (const bid of of('bid')) decades[Math.min(5, Math.floor(Math.log10(Number(bid['price']) / 100)))]!++;
    for (const count of decades) expect(count / of('bid').length).toBeCloseTo(1 / 6, 1);
  });

  test('a channel has one url', () => {
    const urls = new Map<string, string>();
    for (const { channel, url } of of('bid')) {
      expect(urls.get(String(channel)) ?? url).toBe(url);
      urls.set(String(channel), String(url));
    }
    expect(urls.get('Google')).toMatch(
      /^https:\/\/www\.nexmark\.com\/[a-z]+\/[a-z]+\/[a-z]+\/item\.htm\?query=1$/,
    );
  });

  test('auctions expire after they begin, and the reserve is above the first bid', () => {
    for (const auction of of('auction')) {
      expect(Date.parse(String(auction['expires']))).toBeGreaterThan(
        Date.parse(String(auction['date_time'])),
      );
      expect(Number(auction['reserve'])).toBeGreaterThan(Number(auction['initial_bid']));
      expect(Number(auction['category'])).toBeGreaterThanOrEqual(10);
      expect(Number(auction['category'])).toBeLessThan(15);
    }
  });

  test('values have the published average sizes: 200, 500 and 100 bytes', () => {
    const size = (event: Json): number =>
      Object.entries(event).reduce((sum, [key, value]) => {
        const isTime = key === 'date_time' || key === 'expires';
        return sum + (typeof value === 'number' || isTime ? 8 : value.length);
      }, 0);
    const average = (table: NexmarkTable): number =>
      of(table).reduce((sum, event) => sum + size(event), 0) / of(table).length;
    expect(Math.abs(average('person') - 200)).toBeLessThan(15);
    expect(Math.abs(average('auction') - 500)).toBeLessThan(25);
    // the original does not count channel and url, which it got later
    const { channel, url } = { channel: 8, url: 65 };
    expect(Math.abs(average('bid') - 100 - channel - url)).toBeLessThan(20);
  });
});
