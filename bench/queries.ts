// What is measured: each query as Millrace gets it, and as the floor computes it, row by row in plain objects.

/** A bid as JSON.parse gives it. */
export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly date_time: string;
  readonly extra: string;
}

/** The floor's side of a query: takes every bid, puts out rows as JSON text. */
export interface FloorQuery {
  take(bid: Bid, put: (row: string) => void): void;
  end(put: (row: string) => void): void;
}

export interface BenchQuery {
  readonly name: string;
  readonly what: string;
  readonly sql: string;
  /** Events per CPU-second, as a multiple of the floor's, that Millrace must reach. */
  readonly least: number;
  readonly floor: () => FloorQuery;
}

/** The source, bounded by what the topic holds when it is read. */
export function sourceSql(topic: string): string {
  return `CREATE SOURCE bid (
    auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMPTZ, extra TEXT,
    WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
  ) WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest', scan.bounded.mode = 'latest-offset')
  FORMAT PLAIN ENCODE JSON;`;
}

const nothingLeft = (): void => {};
const WINDOW_MS = 10_000;

export const QUERIES: readonly BenchQuery[] = [
  {
    name: 'q0',
    what: 'all seven fields',
    sql: 'SELECT auction, bidder, price, channel, url, date_time, extra FROM bid',
    least: 2.5,
    floor: () => ({
      take({ auction, bidder, price, channel, url, date_time, extra }, put) {
        put(JSON.stringify({ auction, bidder, price, channel, url, date_time, extra }));
      },
      end: nothingLeft,
    }),
  },
  {
    name: 'q1',
    what: '0.908 * price',
    sql: 'SELECT auction, bidder, 0.908 * price AS price, date_time, extra FROM bid',
    least: 4,
    floor: () => ({
      take({ auction, bidder, price, date_time, extra }, put) {
        // A numeric keeps its three decimals, which JSON.stringify of a number would drop.
        const euros = ((908 * price) / 1000).toFixed(3);
        const rest = JSON.stringify({ date_time, extra });
        put(`{"auction":${auction},"bidder":${bidder},"price":${euros},${rest.slice(1)}`);
      },
      end: nothingLeft,
    }),
  },
  {
    name: 'q2',
    what: 'auction % 123 = 0',
    sql: 'SELECT auction, price FROM bid WHERE auction % 123 = 0',
    least: 4,
    floor: () => ({
      take({ auction, price }, put) {
        if (auction % 123 === 0) put(JSON.stringify({ auction, price }));
      },
      end: nothingLeft,
    }),
  },
  {
    name: 'count',
    what: 'tumbling count by auction, 10 s, final rows',
    sql: `SELECT auction, window_start, window_end, count(*) AS bids
          FROM TUMBLE(bid, date_time, INTERVAL '10 seconds')
          GROUP BY auction, window_start, window_end EMIT ON WINDOW CLOSE`,
    least: 4,
    floor: tumblingCount,
  },
];

interface Group {
  readonly auction: number;
  readonly start: number;
  bids: number;
}

function tumblingCount(): FloorQuery {
  const windows = new Map<number, Map<number, Group>>();
  return {
    take({ auction, date_time }) {
      const start = Math.floor(Date.parse(date_time) / WINDOW_MS) * WINDOW_MS;
      let groups = windows.get(start);
      if (groups === undefined) windows.set(start, (groups = new Map()));
      const group = groups.get(auction);
      if (group === undefined) groups.set(auction, { auction, start, bids: 1 });
      else group.bids++;
    },
    end(put) {
      for (const groups of windows.values())
        for (const { auction, start, bids } of groups.values()) {
          const window_start = new Date(start).toISOString();
          const window_end = new Date(start + WINDOW_MS).toISOString();
          put(JSON.stringify({ auction, window_start, window_end, bids }));
        }
    },
  };
}
