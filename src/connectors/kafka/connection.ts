// The one file that reaches into kafkajs's own modules (2.2.4, pinned; test/kafka/seam.test.ts fails when they move). kafkajs
// gives what is tedious to get right: sockets, TLS, SASL handshakes, version negotiation, request timeouts. We take one
// connection from it, send requests of our own, and get the answers as bytes.
import { createRequire } from 'node:module';
import net from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { MillraceError } from '../../errors.ts';
import { authenticationFailed, brokerUnreachable, notKafka, responseTooLarge } from './errors.ts';
import { Framing } from './framing.ts';
import type { ProtocolRequest } from './protocol/request.ts';
import type { ResponseBuffers } from './response-buffers.ts';

const require = createRequire(import.meta.url);

export type SaslOptions =
  | { readonly mechanism: 'plain'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'scram-sha-256'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'scram-sha-512'; readonly username: string; readonly password: string };

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionSettings {
  readonly clientId: string;
  /** true, or Node's own TLS options (ca, cert, key, servername …). */
  readonly ssl: boolean | ConnectionOptions;
  readonly sasl: SaslOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** A longer response ends the connection before it fills the memory. */
  readonly maxResponseBytes: number;
  readonly buffers: ResponseBuffers;
}

/** What we use of kafkajs/src/network/connection.js. */
interface VendorConnection {
  readonly authHandlers: object | null;
  readonly requestQueue: {
    fulfillRequest(response: { size: number; correlationId: number; payload: Uint8Array }): void;
  };
  readonly socket: { destroy(): void } | undefined;
  isConnected(): boolean;
  processData(data: Uint8Array): void;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
  send<T>(call: {
    request: { apiKey: number; apiName: string; apiVersion: number; encode: () => Promise<VendorEncoder> };
    response: { decode: (payload: Uint8Array) => Promise<T>; parse: (decoded: T) => Promise<T> };
    requestTimeout: number;
    logResponseError: boolean;
  }): Promise<T>;
}

interface VendorEncoder {
  writeBufferInternal(bytes: Uint8Array): void;
}

interface VendorPool {
  readonly pool: readonly VendorConnection[];
}

interface VendorBroker {
  readonly versions: Readonly<
    Record<string, { readonly minVersion: number; readonly maxVersion: number }>
  > | null;
  connect(): Promise<void>;
}

type Construct<T> = new (options: Readonly<Record<string, unknown>>) => T;

const Broker = require('kafkajs/src/broker') as Construct<VendorBroker>;
const ConnectionPool = require('kafkajs/src/network/connectionPool') as Construct<VendorPool>;
const vendorSocket = (
  require('kafkajs/src/network/socketFactory') as () => (options: SocketRequest) => net.Socket
)();
const Encoder = require('kafkajs/src/protocol/encoder') as new (initialSize: number) => VendorEncoder;
const { createLogger } = require('kafkajs/src/loggers') as {
  createLogger: (options: { level: number; logCreator: () => () => void }) => unknown;
};

/** What kafkajs asks a socket factory for. */
interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | null;
  readonly onConnect: () => void;
}

/** The first read of a response, and whatever is not a large one. */
const READ_BYTES = 64 << 10;
const KEEP_ALIVE_MS = 60_000;

interface VendorRequestQueue {
  readonly pending: readonly unknown[];
}

/**
 * After a connection's first answer kafkajs re-arms a timer of "negative" (1 ms) length for ever, to look for throttled
 * requests that are not there. Only arm it while some wait.
 */
const requestQueue = (
  require('kafkajs/src/network/requestQueue') as {
    prototype: { scheduleCheckPendingRequests: (this: VendorRequestQueue) => void };
  }
).prototype;
const checkLater = requestQueue.scheduleCheckPendingRequests;
requestQueue.scheduleCheckPendingRequests = function scheduleWhilePending() {
  if (this.pending.length > 0) checkLater.call(this);
};

/** kafkajs reports every error to its caller too, so its own log would only say things twice. */
const silent = createLogger({ level: 0, logCreator: () => () => undefined });

/** One authenticated connection to one broker. It does not heal: after an error, close it and open another. */
export class BrokerConnection {
  readonly address: BrokerAddress;
  private readonly connection: VendorConnection;
  private readonly versions: NonNullable<VendorBroker['versions']>;
  private readonly settings: ConnectionSettings;

  private constructor(
    address: BrokerAddress,
    connection: VendorConnection,
    versions: NonNullable<VendorBroker['versions']>,
    settings: ConnectionSettings,
  ) {
    this.address = address;
    this.connection = connection;
    this.versions = versions;
    this.settings = settings;
  }

  static async open(address: BrokerAddress, settings: ConnectionSettings): Promise<BrokerConnection> {
    let hasAnswered = false;
    const framing = new Framing(settings.maxResponseBytes, settings.buffers, {
      frame: (response) => {
        hasAnswered = true;
        answer(connection, response);
      },
      tooLarge: (length) => {
        const error = hasAnswered
          ? responseTooLarge(length, settings.maxResponseBytes)
          : notKafka(describe(address));
        connection.rejectRequests(error);
        void destroy(connection);
      },
    });
    const connectionPool = new ConnectionPool({
      logger: silent,
      socketFactory: (options: SocketRequest) => openSocket(options, framing),
      host: address.host,
      port: address.port,
      rack: null,
      clientId: settings.clientId,
      ssl: settings.ssl === true ? {} : settings.ssl === false ? null : settings.ssl,
      sasl: settings.sasl ?? null,
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      enforceRequestTimeout: true,
      maxInFlightRequests: null,
      reauthenticationThreshold: 10_000,
      instrumentationEmitter: null,
    });
    // Fetches and metadata do not share a connection here, so the pool's second one is never opened.
    const connection = connectionPool.pool[0]!;
    const broker = new Broker({
      connectionPool,
      logger: silent,
      allowAutoTopicCreation: false,
      authenticationTimeout: settings.connectTimeoutMs,
    });
    frameResponses(connection, framing);
    try {
      await broker.connect();
    } catch (error) {
      await destroy(connection);
      throw translate(error, address);
    }
    return new BrokerConnection(address, connection, broker.versions ?? {}, settings);
  }

  get isOpen(): boolean {
    return this.connection.isConnected();
  }

  /** Highest version of an API that this broker speaks; −1 if none. */
  maxVersion(apiKey: number): number {
    return this.versions[apiKey]?.maxVersion ?? -1;
  }

  async send<T>(request: ProtocolRequest<T>): Promise<T> {
    const { apiKey, apiName, apiVersion, flexible, body, decode, waitMs } = request;
    try {
      return await this.connection.send<T>({
        request: { apiKey, apiName, apiVersion, encode: async () => encoded(flexible, body) },
        response: {
          decode: async (payload) => decode(plainBytes(payload)),
          parse: async (decoded) => decoded,
        },
        requestTimeout: waitMs + this.settings.requestTimeoutMs,
        logResponseError: false,
      });
    } catch (error) {
      throw translate(error, this.address);
    }
  }

  async close(): Promise<void> {
    await destroy(this.connection);
  }
}

/** Without TLS, reads go where they belong, or through one buffer; nothing may keep what it is handed. */
function openSocket(options: SocketRequest, framing: Framing): net.Socket {
  if (options.ssl) return vendorSocket(options);
  const { host, port, onConnect } = options;
  const shared = new Uint8Array(READ_BYTES);
  const buffer = (): Uint8Array => framing.room ?? shared;
  const callback = (length: number, bytes: Uint8Array): boolean => {
    socket.emit('data', bytes.subarray(0, length));
    return true;
  };
  const socket: net.Socket = net.connect({ host, port, onread: { buffer, callback } }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

/** kafkajs writes the classic header; the flexible one has tagged fields at its end, none here. */
function encoded(flexible: boolean, body: Uint8Array): VendorEncoder {
  const encoder = new Encoder(body.length + 1);
  if (flexible) encoder.writeBufferInternal(Buffer.from([0]));
  encoder.writeBufferInternal(body);
  return encoder;
}

/**
 * In place of kafkajs's own framing, which keeps every read and joins them in the end, however long the response claims to
 * be. What it does with a raw reply to an authentication from before Kafka 1.0 is left to it.
 */
function frameResponses(connection: VendorConnection, framing: Framing): void {
  const processData = connection.processData.bind(connection);
  connection.processData = (data) =>
    connection.authHandlers === null ? framing.push(data) : processData(data);
}

function answer(connection: VendorConnection, response: Uint8Array): void {
  const { buffer, byteOffset, length } = response;
  const correlationId = new DataView(buffer, byteOffset).getInt32(0);
  const payload = Buffer.from(buffer, byteOffset + 4, length - 4);
  connection.requestQueue.fulfillRequest({ size: length, correlationId, payload });
}

/** Ends the connection now: kafkajs alone would wait for the answers that are under way. */
async function destroy(connection: VendorConnection): Promise<void> {
  connection.rejectRequests(new Error('the connection was closed'));
  connection.socket?.destroy();
  await connection.disconnect();
}

function translate(error: unknown, address: BrokerAddress): MillraceError {
  if (error instanceof MillraceError) return error;
  const where = describe(address);
  const name = error instanceof Error ? error.name : '';
  const isLogin = name === 'KafkaJSSASLAuthenticationError';
  return isLogin ? authenticationFailed(where, error) : brokerUnreachable(where, error);
}

function describe({ host, port }: BrokerAddress): string {
  return `${host}:${port}`;
}

/** Not a Buffer: loops over columns stay monomorphic when all bytes are of one class, and `slice` copies. */
function plainBytes(payload: Uint8Array): Uint8Array {
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}
