// Nexmark's events as JSON bytes: people, auctions and bids of an auction site, with the proportions, skews, sizes and prices of
// the published generator (nexmark/nexmark), but seeded: event i is a function of (seed, i), whoever makes it and when.
//
// Field names are snake_case; amounts are cents; times are ISO 8601 in UTC with milliseconds. Within one round of 50 events
// the kinds come in a fixed order (event-order.ts). Ids start at 1000, as in the original.

import { ByteWriter } from '../formats/byte-writer.ts';
import { countBefore, tableOfEvent } from './event-order.ts';
import { EventRandom } from './event-random.ts';
import * as words from './vocabulary.ts';

export interface NexmarkOptions {
  readonly seed: number;
  /** How many events share a second of event time. */
  readonly eventsPerSecond: number;
  /** Event time of event 0, in milliseconds since 1970. */
  readonly baseTime: number;
}

export const DEFAULT_OPTIONS: NexmarkOptions = {
  seed: 1,
  eventsPerSecond: 10_000,
  baseTime: Date.UTC(2026, 0, 1),
};

const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
const HOT_AUCTION_RATIO = 2;
const HOT_SELLER_RATIO = 4;
const HOT_BIDDER_RATIO = 4;
/** Hot ids are the first (bidders: the second) of each hundred. */
const HOT_GROUP = 100;
const IN_FLIGHT_AUCTIONS = 100;
const ACTIVE_PEOPLE = 1000;
/** Ids may be ahead of their person or auction by this much. */
const ID_LEAD = 10;
const CHANNELS = 10_000;
const AVERAGE_BYTES = { person: 200, auction: 500, bid: 100 };
/** What the original counts for numbers and times. */
const FIXED_BYTES = 8;
/** Room for the longest event. */
const MAX_EVENT_BYTES = 4096;

export class NexmarkGenerator {
  readonly options: NexmarkOptions;
  private readonly random = new EventRandom();
  private readonly urls: (Uint8Array | undefined)[] = [];
  private cachedSecond = NaN;
  private readonly cachedText = new ByteWriter(32);

  constructor(options: NexmarkOptions = DEFAULT_OPTIONS) {
    this.options = options;
  }

  /** Event time of an event, in milliseconds. */
  timeOf(index: number): number {
    return this.options.baseTime + Math.floor((index * 1000) / this.options.eventsPerSecond);
  }

  /** The first event whose time is not before `time`. */
  firstEventAt(time: number): number {
    const { baseTime, eventsPerSecond } = this.options;
    let index = Math.max(0, Math.ceil(((time - baseTime) * eventsPerSecond) / 1000));
    while (index > 0 && this.timeOf(index - 1) >= time) index--;
    return index;
  }

  /** Appends event `index` as one JSON document. */
  write(index: number, out: ByteWriter): void {
    out.reserve(MAX_EVENT_BYTES);
    this.random.start(this.options.seed, index);
    switch (tableOfEvent(index)) {
      case 'person':
        return this.person(index, out);
      case 'auction':
        return this.auction(index, out);
      case 'bid':
        return this.bid(index, out);
    }
  }

  private bid(index: number, out: ByteWriter): void {
    const { random } = this;
    out.raw(words.BID.auction);
    out.uint(
      FIRST_ID + (random.below(HOT_AUCTION_RATIO) > 0 ? hot(lastAuction(index)) : this.anyAuction(index)),
    );
    out.raw(words.BID.bidder);
    out.uint(
      FIRST_ID + (random.below(HOT_BIDDER_RATIO) > 0 ? hot(lastPerson(index)) + 1 : this.anyPerson(index)),
    );
    out.raw(words.BID.price);
    out.uint(this.price());
    out.raw(words.BID.channel);
    this.channel(out);
    out.raw(words.BID.dateTime);
    this.time(this.timeOf(index), out);
    out.raw(words.BID.extra);
    this.extra(4 * FIXED_BYTES, AVERAGE_BYTES.bid, out);
    out.raw(words.END);
  }

  private auction(index: number, out: ByteWriter): void {
    const { random } = this;
    const time = this.timeOf(index);
    const initialBid = this.price();
    out.raw(words.AUCTION.id);
    out.uint(FIRST_ID + lastAuction(index));
    out.raw(words.AUCTION.itemName);
    const start = out.used;
    this.word(20, out);
    out.raw(words.AUCTION.description);
    this.word(100, out);
    const texts = out.used - start - words.AUCTION.description.length;
    out.raw(words.AUCTION.initialBid);
    out.uint(initialBid);
    out.raw(words.AUCTION.reserve);
    out.uint(initialBid + this.price());
    out.raw(words.AUCTION.dateTime);
    this.time(time, out);
    out.raw(words.AUCTION.expires);
    this.time(time + this.auctionLength(index), out);
    out.raw(words.AUCTION.seller);
    out.uint(
      FIRST_ID + (random.below(HOT_SELLER_RATIO) > 0 ? hot(lastPerson(index)) : this.anyPerson(index)),
    );
    out.raw(words.AUCTION.category);
    out.uint(FIRST_CATEGORY + random.below(CATEGORIES));
    out.raw(words.AUCTION.extra);
    this.extra(6 * FIXED_BYTES + texts, AVERAGE_BYTES.auction, out);
    out.raw(words.END);
  }

  private person(index: number, out: ByteWriter): void {
    const { random } = this;
    out.raw(words.PERSON.id);
    out.uint(FIRST_ID + lastPerson(index));
    out.raw(words.PERSON.name);
    const start = out.used;
    out.raw(words.FIRST_NAMES[random.below(words.FIRST_NAMES.length)]!);
    out.byte(0x20);
    out.raw(words.LAST_NAMES[random.below(words.LAST_NAMES.length)]!);
    out.raw(words.PERSON.email);
    this.word(7, out);
    out.byte(0x40);
    this.word(5, out);
    out.raw(words.DOT_COM);
    out.raw(words.PERSON.creditCard);
    for (let group = 0; group < 4; group++) {
      if (group > 0) out.byte(0x20);
      out.padded(random.below(10_000), 4);
    }
    out.raw(words.PERSON.city);
    out.raw(words.CITIES[random.below(words.CITIES.length)]!);
    out.raw(words.PERSON.state);
    out.raw(words.STATES[random.below(words.STATES.length)]!);
    const texts = out.used - start - words.PERSON_KEYS;
    out.raw(words.PERSON.dateTime);
    this.time(this.timeOf(index), out);
    out.raw(words.PERSON.extra);
    this.extra(FIXED_BYTES + texts, AVERAGE_BYTES.person, out);
    out.raw(words.END);
  }

  /** One of the auctions in flight, or of the next few. */
  private anyAuction(index: number): number {
    const last = lastAuction(index);
    const first = Math.max(last - IN_FLIGHT_AUCTIONS, 0);
    return first + this.random.below(last - first + 1 + ID_LEAD);
  }

  /** One of the active people, or of the next few. */
  private anyPerson(index: number): number {
    const people = lastPerson(index) + 1;
    const active = Math.min(people, ACTIVE_PEOPLE);
    return people - active + this.random.below(active + ID_LEAD);
  }

  private price(): number {
    return Math.round(10 ** (this.random.unit() * 6) * 100);
  }

  /** Until as many auctions have begun as are in flight, on average. */
  private auctionLength(index: number): number {
    const events = Math.floor((IN_FLIGHT_AUCTIONS * 50) / 3);
    const horizon = this.timeOf(index + events) - this.timeOf(index);
    return 1 + this.random.below(Math.max(horizon * 2, 1));
  }

  /** Channel and url: half of the bids come over four hot channels. */
  private channel(out: ByteWriter): void {
    const { random } = this;
    if (random.below(2) > 0) {
      const which = random.below(words.HOT_CHANNELS.length);
      out.raw(words.HOT_CHANNELS[which]!);
      out.raw(words.BID.url);
      out.raw(this.url(CHANNELS + which));
    } else {
      const which = random.below(CHANNELS);
      out.raw(words.CHANNEL);
      out.uint(which);
      out.raw(words.BID.url);
      out.raw(this.url(which));
    }
  }

  /** A channel has one address; it is made when first needed. */
  private url(channel: number): Uint8Array {
    const known = this.urls[channel];
    if (known !== undefined) return known;
    const random = new EventRandom();
    random.start(this.options.seed ^ 0x75726c73, channel);
    const out = new ByteWriter(128);
    out.raw(words.URL_START);
    for (let part = 0; part < 3; part++) {
      for (let n = 3 + random.below(3); n > 0; n--) out.byte(0x61 + random.below(26));
      out.byte(0x2f);
    }
    out.raw(words.URL_END);
    if (channel < CHANNELS && random.below(10) > 0) {
      out.raw(words.CHANNEL_ID);
      out.uint(reversed(channel));
    }
    return (this.urls[channel] = out.bytes.slice(0, out.used));
  }

  /** 3 … max − 1 letters and spaces, none at the ends. */
  private word(max: number, out: ByteWriter): void {
    const { random } = this;
    const length = 3 + random.below(max - 3);
    for (let i = 0; i < length; i++) {
      const r = random.next();
      const space = i > 0 && i < length - 1 && r % 13 === 0;
      out.byte(space ? 0x20 : 0x61 + (Math.floor(r / 13) % 26));
    }
  }

  /** Letters that bring the event to its average size, give or take a fifth of them. */
  private extra(have: number, average: number, out: ByteWriter): void {
    if (have >= average) return;
    const wanted = average - have;
    const delta = Math.round(wanted * 0.2);
    let length = wanted - delta + (delta === 0 ? 0 : this.random.below(2 * delta));
    const { bytes } = out;
    let q = out.used;
    while (length > 0) {
      let r = this.random.next();
      for (let i = Math.min(6, length); i > 0; i--) {
        const rest = (r / 26) >>> 0;
        bytes[q++] = 0x61 + (r - rest * 26);
        r = rest;
      }
      length -= 6;
    }
    out.used = q;
  }

  /** `YYYY-MM-DDTHH:MM:SS.mmmZ`; events come in the order of time, so the second is nearly always that of the last one. */
  private time(millis: number, out: ByteWriter): void {
    const second = Math.floor(millis / 1000);
    if (second !== this.cachedSecond) {
      this.cachedSecond = second;
      this.cachedText.reset();
      this.cachedText.text(new Date(second * 1000).toISOString().slice(0, 20));
    }
    const { bytes, used } = this.cachedText;
    for (let i = 0; i < used; i++) out.byte(bytes[i]!);
    out.padded(millis - second * 1000, 3);
    out.byte(0x5a);
  }
}

/** The newest auction when event `index` is made, counted from 0: its own, if it is one. */
function lastAuction(index: number): number {
  return Math.max(0, countBefore('auction', index + 1) - 1);
}

function lastPerson(index: number): number {
  return countBefore('person', index + 1) - 1;
}

/** First id of the last hundred. */
function hot(last: number): number {
  return Math.floor(last / HOT_GROUP) * HOT_GROUP;
}

/** The bits of a 32-bit integer from last to first, without the sign. */
function reversed(value: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result = (result << 1) | ((value >>> bit) & 1);
  return Math.abs(result);
}
