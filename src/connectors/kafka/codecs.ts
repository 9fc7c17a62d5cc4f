// The four compressions of Kafka record batches, each with a bound on what comes out: a batch of a few kilobytes can claim
// to be gigabytes.
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { uncompressSync } from 'snappy';
import type { ByteArena } from './byte-arena.ts';
import { appendLz4Frame, TooLarge } from './lz4.ts';

export { TooLarge } from './lz4.ts';

export const CODEC_NONE = 0;
const CODEC_GZIP = 1;
const CODEC_SNAPPY = 2;
const CODEC_LZ4 = 3;
const CODEC_ZSTD = 4;

/** Appends the decompressed bytes to `arena`. Throws TooLarge beyond `limit`, any other Error when the input is broken. */
export function decompress(arena: ByteArena, codec: number, input: Uint8Array, limit: number): void {
  switch (codec) {
    case CODEC_GZIP:
      arena.append(bounded(() => gunzipSync(input, { maxOutputLength: limit })));
      return;
    case CODEC_SNAPPY:
      appendSnappy(arena, input, limit);
      return;
    case CODEC_LZ4:
      appendLz4Frame(arena, input, limit);
      return;
    case CODEC_ZSTD:
      arena.append(bounded(() => zstdDecompressSync(input, { maxOutputLength: limit })));
      return;
    default:
      throw new Error(`codec ${codec}`);
  }
}

export function isKnownCodec(codec: number): boolean {
  return codec >= CODEC_NONE && codec <= CODEC_ZSTD;
}

function bounded(run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLarge();
    throw error;
  }
}

/** Java producers frame snappy in blocks with a header of their own (xerial's snappy-java); others write one raw block. */
const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00];
const XERIAL_HEADER = 16;

function appendSnappy(arena: ByteArena, input: Uint8Array, limit: number): void {
  if (!XERIAL_MAGIC.every((byte, index) => input[index] === byte)) {
    appendSnappyBlock(arena, input, limit);
    return;
  }
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let left = limit;
  for (let at = XERIAL_HEADER; at < input.length;) {
    if (at + 4 > input.length) throw new Error('invalid snappy stream: it ends too early');
    const size = view.getInt32(at);
    at += 4;
    if (size < 0 || at + size > input.length) throw new Error('invalid snappy stream: block length');
    left -= appendSnappyBlock(arena, input.subarray(at, at + size), left);
    at += size;
  }
}

function appendSnappyBlock(arena: ByteArena, block: Uint8Array, limit: number): number {
  const length = snappyLength(block);
  if (length > limit) throw new TooLarge();
  // Without copyOutputData the result is external memory, 4–8 times slower.
  const bytes = uncompressSync(block, { asBuffer: true, copyOutputData: true });
  if (typeof bytes === 'string' || bytes.length !== length) throw new Error('invalid snappy block: length');
  arena.append(bytes);
  return length;
}

/** The block starts with its uncompressed length, which the native decoder would allocate unseen. */
function snappyLength(block: Uint8Array): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new Error('invalid snappy block: no length');
}
