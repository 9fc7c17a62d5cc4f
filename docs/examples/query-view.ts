// Reads a view with `pg`, typed. Run it with Node 24: node docs/examples/query-view.ts
// DATABASE_URL is the address that the service prints ("views in SQL").

import pg from 'pg';

/** A row of tour_channels. `bigint` comes as text, which holds every digit. */
interface Channel {
  readonly channel: string;
  readonly bids: string;
  readonly highest: string;
}

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
const { rows } = await client.query<Channel>(
  'SELECT channel, bids, highest FROM tour_channels WHERE bids > $1 ORDER BY bids DESC',
  [1000],
);
for (const { channel, bids, highest } of rows) console.log(`${channel}: ${bids} bids, ${highest} at most`);
await client.end();
