// Asks a broker for its metadata over a bare socket: it is up when it answers that at least one broker, itself, serves. This is the
// one request that the launcher needs; everything else about the protocol belongs to the connector.

import { connect } from 'node:net';

const METADATA = 3;
/** Answered by all brokers from 1.0 to 4.x; the last versions before the flexible encoding need no tagged fields. */
const VERSION = 5;

/** Number of brokers that serve, 0 while there is no answer. Never rejects. */
export function servingBrokers(host: string, port: number, timeoutMs = 1000): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (count: number): void => {
      socket.destroy();
      resolve(count);
    };
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => finish(0));
    socket.once('error', () => finish(0));
    socket.once('close', () => resolve(0));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      // length(4) correlation(4) throttle(4) brokers(4)
      if (received.length >= 16) finish(received.readInt32BE(12));
    });
  });
}

/** length, api key, version, correlation id, client id "millrace", no topics, no topic creation. */
function metadataRequest(): Buffer {
  const client = Buffer.from('millrace');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4 + 1);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(METADATA, 4);
  request.writeInt16BE(VERSION, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(client.length, 12);
  client.copy(request, 14);
  return request; // The rest is zero: an empty list of topics, and false.
}
