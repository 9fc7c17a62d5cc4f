// A LISTEN subscription that survives lost connections. Notifications are wake-ups, never data: after every reconnection
// `onGap` is called, and the listener reads what it may have missed.

import { backoffMs, pause } from './backoff.ts';
import type { Connection, ConnectOptions, Notification } from './connection.ts';
import { connect } from './connection.ts';
import { quoteIdent } from './values.ts';

export interface Listener {
  onNotification(notification: Notification): void;
  /** Listening (again): anything before this moment may have been missed. Called after the first connection too. */
  onGap(): void;
}

export interface Subscription {
  /** Resolves when the first connection listens. Never rejects: an absent server is waited for. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export function subscribe(
  url: string,
  options: ConnectOptions,
  channels: readonly string[],
  listener: Listener,
): Subscription {
  const stop = new AbortController();
  let markReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  const ended = run();

  async function run(): Promise<void> {
    for (let attempt = 1; !stop.signal.aborted; attempt++) {
      try {
        const connection = await connect(url, options);
        attempt = 0;
        await listenUntilLost(connection, channels, listener, stop.signal, markReady);
      } catch {
        // The server is away; the next attempt tells.
      }
      if (!stop.signal.aborted)
        await pause(backoffMs(attempt + 1, Math.random()), stop.signal).catch(() => {});
    }
    markReady();
  }

  return {
    ready,
    async close() {
      stop.abort();
      await ended;
    },
  };
}

async function listenUntilLost(
  connection: Connection,
  channels: readonly string[],
  listener: Listener,
  signal: AbortSignal,
  listening: () => void,
): Promise<void> {
  const lost = new Promise<void>((resolve) => {
    connection.onLost(() => resolve());
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    connection.onNotification((notification) => listener.onNotification(notification));
    for (const channel of channels) await connection.query(`LISTEN ${quoteIdent(channel)}`);
    listening();
    listener.onGap();
    await lost;
  } finally {
    await connection.close();
  }
}
