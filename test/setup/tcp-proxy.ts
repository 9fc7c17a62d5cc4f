// A proxy between a client and Postgres that understands just enough of the wire protocol to fail at a chosen place: in
// the middle of a transaction, between COMMIT and its answer, or by delivering it after the client has gone.

import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What happens to one burst (all messages up to a Sync, or one simple query) on one connection. */
export type Fault =
  | { readonly kind: 'none' }
  /** The server gets the first `share` of the messages; then both sides are cut. */
  | { readonly kind: 'cut'; readonly share: number }
  /** The server gets everything; its answer is dropped and the client cut. */
  | { readonly kind: 'drop-answer' }
  /** The client is cut at once; the server gets everything `ms` later, as if it had been on its way. */
  | { readonly kind: 'deliver-late'; readonly ms: number }
  /** The client is cut at once; the server gets the first `share`, and the end of the connection `ms` later. */
  | { readonly kind: 'hang'; readonly share: number; readonly ms: number }
  /** Everything arrives, later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Nothing arrives, and nobody is told. */
  | { readonly kind: 'blackhole' };

export interface BurstInfo {
  readonly applicationName: string;
  readonly messages: number;
  readonly isCommit: boolean;
}

export interface TcpProxy {
  readonly port: number;
  close(): Promise<void>;
}

const TLS_OR_CANCEL = new Set([80877102, 80877103, 80877104]);

export async function startProxy(
  target: { readonly host: string; readonly port: number },
  decide: (burst: BurstInfo) => Fault,
): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    }
    void new ProxiedConnection(client, upstream, decide);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

class ProxiedConnection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #decide: (burst: BurstInfo) => Fault;
  #pending = Buffer.alloc(0);
  #started = false;
  #applicationName = '';
  /** Messages of the burst that is being received. */
  #burst: Buffer[] = [];
  #commitInBurst = false;
  /** The server's answers no longer reach the client. */
  #deaf = false;
  /** The client's data no longer counts, as its connection has been cut on this side. */
  #mute = false;

  constructor(client: Socket, upstream: Socket, decide: (burst: BurstInfo) => Fault) {
    this.#client = client;
    this.#upstream = upstream;
    this.#decide = decide;
    client.on('data', (data: Buffer) => this.#receive(data));
    client.on('close', () => {
      if (!this.#mute) upstream.destroy();
    });
    upstream.on('data', (data: Buffer) => {
      if (!this.#deaf) client.write(data);
    });
    upstream.on('close', () => {
      if (!this.#deaf) client.destroy();
    });
  }

  #receive(data: Buffer): void {
    if (this.#mute) return;
    this.#pending = Buffer.concat([this.#pending, data]);
    for (let message = this.#takeMessage(); message !== undefined; message = this.#takeMessage())
      this.#accept(message);
  }

  /** One whole message of the client. The first has no type byte. */
  #takeMessage(): Buffer | undefined {
    const head = this.#started ? 1 : 0;
    if (this.#pending.length < head + 4) return undefined;
    const length = head + this.#pending.readInt32BE(head);
    if (this.#pending.length < length) return undefined;
    const message = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return message;
  }

  #accept(message: Buffer): void {
    if (!this.#started) {
      this.#started = !TLS_OR_CANCEL.has(message.readInt32BE(4));
      this.#applicationName = /application_name\0([^\0]*)/.exec(message.toString('latin1'))?.[1] ?? '';
      this.#upstream.write(message);
      return;
    }
    const type = String.fromCharCode(message[0]!);
    if (type === 'p' || type === 'X') {
      this.#upstream.write(message);
      return;
    }
    this.#burst.push(message);
    if ((type === 'P' || type === 'Q') && message.includes('COMMIT\0')) this.#commitInBurst = true;
    if (type === 'S' || type === 'Q') this.#deliver();
  }

  #deliver(): void {
    const messages = this.#burst;
    const isCommit = this.#commitInBurst;
    this.#burst = [];
    this.#commitInBurst = false;
    const fault = this.#decide({
      applicationName: this.#applicationName,
      messages: messages.length,
      isCommit,
    });
    switch (fault.kind) {
      case 'none':
        this.#upstream.write(Buffer.concat(messages));
        return;
      case 'cut':
        this.#send(messages.slice(0, Math.round(fault.share * messages.length)));
        this.#hangUpOnClient();
        this.#upstream.end();
        return;
      case 'drop-answer':
        this.#deaf = true;
        this.#mute = true;
        this.#send(messages);
        this.#upstream.once('data', () => {
          this.#client.destroy();
          this.#upstream.end();
        });
        return;
      case 'deliver-late':
        this.#hangUpOnClient();
        void delay(fault.ms).then(() => {
          this.#send(messages);
          this.#upstream.end();
        });
        return;
      case 'hang':
        this.#hangUpOnClient();
        this.#send(messages.slice(0, Math.round(fault.share * messages.length)));
        void delay(fault.ms).then(() => this.#upstream.end());
        return;
      case 'delay':
        void delay(fault.ms).then(() => this.#send(messages));
        return;
      case 'blackhole':
        this.#deaf = true;
        this.#mute = true;
        void delay(60_000, undefined, { ref: false }).then(() => this.#upstream.destroy());
        return;
    }
  }

  #send(messages: readonly Buffer[]): void {
    if (messages.length > 0 && this.#upstream.writable) this.#upstream.write(Buffer.concat(messages));
  }

  #hangUpOnClient(): void {
    this.#deaf = true;
    this.#mute = true;
    this.#client.destroy();
  }
}
