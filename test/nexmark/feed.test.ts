// The demo's feeds: each event once into its partition, also when a feed dies in the middle of a send.
import { describe, expect, test } from 'vitest';
import type { Feed, FeedBatch } from '../../src/connectors/feed.ts';
import { runFeed } from '../../src/connectors/feed.ts';
import { airportsFeed, readAirports } from '../../src/connectors/flights/airports.ts';
import { flightsFeed, readFlights } from '../../src/connectors/flights/feed.ts';
import { nexmarkFeed } from '../../src/connectors/nexmark/feed.ts';
import { DEFAULT_OPTIONS } from '../../src/connectors/nexmark/generator.ts';

/** Topics as arrays: partition → values. */
class Topics {
  readonly held = new Map<string, string[][]>();

  constructor(partitions: Readonly<Record<string, number>>) {
    for (const [name, count] of Object.entries(partitions)) {
      this.held.set(
        name,
        Array.from({ length: count }, () => []),
      );
    }
  }

  progress(name: string): number[] {
    return this.held.get(name)!.map((partition) => partition.length);
  }

  /** Appends; a partition in `broken` loses what is sent to it, as when a producer dies between two requests. */
  send({ stream, records }: FeedBatch, broken = -1): void {
    for (const { partition, value } of records) {
      if (partition !== broken) this.held.get(stream)![partition]!.push(value.toString());
    }
  }
}

const SHAPE = { person: 1, auction: 2, bid: 4 };

function feedOf(topics: Topics): Feed {
  const progress = {
    person: topics.progress('person'),
    auction: topics.progress('auction'),
    bid: topics.progress('bid'),
  };
  return nexmarkFeed({ generator: DEFAULT_OPTIONS, progress, events: 5000 });
}

describe('nexmark', () => {
  test('fills three streams', () => {
    const topics = new Topics(SHAPE);
    const feed = feedOf(topics);
    while (!feed.finished) for (const batch of feed.next(333)) topics.send(batch);
    expect([topics.progress('person'), topics.progress('auction'), topics.progress('bid')]).toEqual([
      [100],
      [150, 150],
      [1150, 1150, 1150, 1150],
    ]);
  });

  test('goes on after sends that reached some partitions only, without gap or repetition', () => {
    const whole = new Topics(SHAPE);
    for (const batch of feedOf(whole).next(5000)) whole.send(batch);
    const topics = new Topics(SHAPE);
    for (let broken = 0; broken < 4; broken++) {
      const feed = feedOf(topics);
      for (const batch of feed.next(200 + broken * 77)) topics.send(batch);
      for (const batch of feed.next(120)) topics.send(batch, broken);
    }
    for (const batch of feedOf(topics).next(5000)) topics.send(batch);
    expect(topics.held).toEqual(whole.held);
    expect(feedOf(topics).finished).toBe(true);
  });
});

describe('flights', () => {
  test('are 20,000, in the order of time, and replay from where a topic stands', () => {
    const flights = readFlights();
    expect(flights).toHaveLength(20_000);
    expect(flights.every((flight, i) => i === 0 || flights[i - 1]!.date <= flight.date)).toBe(true);
    const topics = new Topics({ flights: 2 });
    for (const batch of flightsFeed(topics.progress('flights')).next(7001)) topics.send(batch);
    const rest = flightsFeed(topics.progress('flights'));
    expect(rest.position).toBe(7001);
    for (const batch of rest.next(20_000)) topics.send(batch);
    expect(rest.finished).toBe(true);
    const [even, odd] = topics.held.get('flights')! as [string[], string[]];
    const merged = flights.map((_, k) => JSON.parse((k % 2 === 0 ? even : odd)[k >> 1]!) as unknown);
    expect(merged).toEqual(flights);
  });
});

describe('runFeed', () => {
  test('keeps to the rate and stops at once', async () => {
    const topics = new Topics(SHAPE);
    const stop = new AbortController();
    const started = performance.now();
    const running = runFeed(
      feedOf(topics),
      2000,
      (batch) => Promise.resolve(topics.send(batch)),
      stop.signal,
    );
    setTimeout(() => stop.abort(), 200);
    await running;
    const sent = [...topics.held.values()].flat(2).length;
    expect(sent).toBeGreaterThan(50);
    expect(sent).toBeLessThanOrEqual((performance.now() - started) * 2 + 1);
  });

  test('without a rate runs to the end, and ends with an error of the sender', async () => {
    const topics = new Topics(SHAPE);
    await runFeed(
      feedOf(topics),
      null,
      (batch) => Promise.resolve(topics.send(batch)),
      new AbortController().signal,
    );
    expect(topics.progress('bid')).toEqual([1150, 1150, 1150, 1150]);
    const failing = runFeed(
      feedOf(new Topics(SHAPE)),
      null,
      () => Promise.reject(new Error('gone')),
      new AbortController().signal,
    );
    await expect(failing).rejects.toThrow('gone');
  });
});

describe('airports', () => {
  test('are upserts by their code, and go on where the topic ends', () => {
    const airports = readAirports();
    expect(airports).toHaveLength(3376);
    expect(new Set(airports.map(({ iata }) => iata)).size).toBe(3376);
    expect(airports.find(({ iata }) => iata === 'BTR')).toMatchObject({
      name: 'Baton Rouge Metropolitan, Ryan',
      city: 'Baton Rouge',
      latitude: 30.53316083,
    });
    const [batch] = airportsFeed([0, 0]).next(3);
    expect(batch!.records.map(({ key }) => key!.toString())).toEqual(['"00M"', '"00R"', '"00V"']);
    expect(airportsFeed([2, 1]).position).toBe(3);
    expect(airportsFeed([1688, 1688]).finished).toBe(true);
  });
});
