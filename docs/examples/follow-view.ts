// Keeps a copy of a view up to date over a GraphQL subscription, typed, and goes on behind the last cursor when the connection was
// lost. Run it with Node 24: node docs/examples/follow-view.ts [number of messages]
// MILLRACE_GRAPHQL is the address that the service prints ("GraphQL"), with ws:// in front; MILLRACE_TOKEN its token, if it has one.

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Channel {
  readonly channel: string;
  readonly bids: string;
}

/** One message: the snapshot first, then one for each commit, or for several. */
interface Changes {
  readonly cursor: string;
  readonly snapshot: boolean;
  readonly inserted: readonly Channel[];
  readonly updated: readonly { readonly after: Channel }[];
  readonly deleted: readonly Pick<Channel, 'channel'>[];
}

const DOCUMENT = `subscription ($after: String) {
  tour_channels(after: $after) {
    cursor snapshot
    inserted { channel bids }
    updated { after { channel bids } }
    deleted { channel }
  }
}`;

const most = Number(process.argv[2] ?? Infinity);
const token = process.env['MILLRACE_TOKEN'];
const client = createClient({
  url: process.env['MILLRACE_GRAPHQL'] ?? 'ws://127.0.0.1:4000/graphql',
  webSocketImpl: WebSocket,
  retryAttempts: 0, // we go on by ourselves, with the cursor
  ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
});

const rows = new Map<string, Channel>();
let after: string | null = null;
let seen = 0;

function take({ cursor, snapshot, inserted, updated, deleted }: Changes): void {
  if (snapshot) rows.clear();
  for (const row of inserted) rows.set(row.channel, row);
  for (const row of updated) rows.set(row.after.channel, row.after);
  for (const { channel } of deleted) rows.delete(channel);
  after = cursor;
  seen++;
  console.log(
    `${rows.size} channels, ${[...rows.values()].reduce((sum, { bids }) => sum + Number(bids), 0)} bids`,
  );
}

while (seen < most)
  try {
    const messages = client.iterate<{ tour_channels: Changes }>({ query: DOCUMENT, variables: { after } });
    for await (const { data, errors } of messages) {
      if (errors !== undefined) throw new Error(errors[0]!.message);
      if (data) take(data.tour_channels);
      if (seen >= most) break;
    }
  } catch (error) {
    // CURSOR_EXPIRED: the changes behind the cursor are no longer kept, so that a new snapshot has to be taken.
    if (error instanceof Error && /cursor/i.test(error.message)) after = null;
    console.error(`again in a second: ${error instanceof Error ? error.message : 'the connection was lost'}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
await client.dispose();
