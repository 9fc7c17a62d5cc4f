// Real public data as a feed: 20,000 flights within the United States in early 2001, from the npm package vega-datasets (data of the
// U.S. Bureau of Transportation Statistics), in the order of their event time. Each record is {date, delay, distance, origin, destination}.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Feed, FeedBatch, FeedRecord, StreamProgress } from '../feed.ts';
import { firstMissing, isMissing } from '../feed.ts';

export interface Flight {
  /** `YYYY/MM/DD HH:MM`, local time of the airport. */
  readonly date: string;
  /** Minutes; negative: early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** Airports by their IATA codes. */
  readonly origin: string;
  readonly destination: string;
}

/** All flights, by event time; ties in the order of the file. */
export function readFlights(): readonly Flight[] {
  const main = createRequire(import.meta.url).resolve('vega-datasets');
  const file = join(dirname(main), '..', 'data', 'flights-20k.json');
  const flights = JSON.parse(readFileSync(file, 'utf8')) as Flight[];
  return flights.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** One stream, `flights`. It ends with the data. */
export function flightsFeed(progress: StreamProgress): Feed {
  return new FlightsFeed(progress);
}

class FlightsFeed implements Feed {
  readonly streams = ['flights'];
  position: number;
  private readonly flights = readFlights();
  private readonly progress: StreamProgress;

  constructor(progress: StreamProgress) {
    this.progress = progress;
    this.position = Math.min(firstMissing(progress), this.flights.length);
  }

  get finished(): boolean {
    return this.position >= this.flights.length;
  }

  next(events: number): readonly FeedBatch[] {
    const records: FeedRecord[] = [];
    const to = Math.min(this.flights.length, this.position + events);
    for (; this.position < to; this.position++) {
      if (isMissing(this.progress, this.position)) records.push(this.record(this.position));
    }
    return records.length === 0 ? [] : [{ stream: 'flights', records }];
  }

  private record(k: number): FeedRecord {
    const { date, delay, distance, origin, destination } = this.flights[k]!;
    const value = Buffer.from(JSON.stringify({ date, delay, distance, origin, destination }));
    const timestamp = Date.parse(`${date.replaceAll('/', '-').replace(' ', 'T')}Z`);
    return { value, partition: k % this.progress.length, timestamp };
  }
}
