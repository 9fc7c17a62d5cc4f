// The airports of the United States from the npm package vega-datasets, as upserts: the key is the airport's code, as JSON.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Feed, FeedBatch, FeedRecord, StreamProgress } from '../feed.ts';
import { firstMissing, isMissing } from '../feed.ts';

export interface Airport {
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
}

export function readAirports(): readonly Airport[] {
  const main = createRequire(import.meta.url).resolve('vega-datasets');
  const [, ...lines] = readFileSync(join(dirname(main), '..', 'data', 'airports.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  return lines.map((line) => {
    const [iata, name, city, state, country, latitude, longitude] = fieldsOf(line);
    return {
      iata: iata!,
      name: name!,
      city: city!,
      state: state!,
      country: country!,
      latitude: Number(latitude),
      longitude: Number(longitude),
    };
  });
}

/** A field in quotes may hold commas; none in this file holds quotes. */
function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

/** One stream, `airports`. It ends with the data. */
export function airportsFeed(progress: StreamProgress): Feed {
  return new AirportsFeed(progress);
}

class AirportsFeed implements Feed {
  readonly streams = ['airports'];
  position: number;
  private readonly airports = readAirports();
  private readonly progress: StreamProgress;

  constructor(progress: StreamProgress) {
    this.progress = progress;
    this.position = Math.min(firstMissing(progress), this.airports.length);
  }

  get finished(): boolean {
    return this.position >= this.airports.length;
  }

  next(events: number): readonly FeedBatch[] {
    const records: FeedRecord[] = [];
    const to = Math.min(this.airports.length, this.position + events);
    for (; this.position < to; this.position++) {
      if (!isMissing(this.progress, this.position)) continue;
      const { iata, ...row } = this.airports[this.position]!;
      records.push({
        key: Buffer.from(JSON.stringify(iata)),
        value: Buffer.from(JSON.stringify(row)),
        partition: this.position % this.progress.length,
        timestamp: Date.UTC(2001, 0, 1),
      });
    }
    return records.length === 0 ? [] : [{ stream: 'airports', records }];
  }
}
