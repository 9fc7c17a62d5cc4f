// LZ4 frames in plain TypeScript: the npm decoders have no bound on the output (255 times the input is legal) and cost more
// per batch than this loop. Checksums inside the frame are not verified, the batch's CRC-32C covers the same bytes.
// Formats: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
import type { ByteArena } from './byte-arena.ts';

const FRAME_MAGIC = 0x184d2204;
const BLOCK_SIZES = [0, 0, 0, 0, 1 << 16, 1 << 18, 1 << 20, 1 << 22];

/** The frame would decompress to more than the limit. */
export class TooLarge extends Error {}

function invalid(what: string): Error {
  return new Error(`invalid LZ4 frame: ${what}`);
}

/** Appends the frame's content to `arena`; returns its length. */
export function appendLz4Frame(arena: ByteArena, input: Uint8Array, limit: number): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 7 || view.getUint32(0, true) !== FRAME_MAGIC) throw invalid('no magic number');
  const flags = input[4]!;
  if (flags >> 6 !== 1) throw invalid(`version ${flags >> 6}`);
  if ((flags & 1) !== 0) throw invalid('it needs a dictionary');
  const blockSize = BLOCK_SIZES[(input[5]! >> 4) & 7]!;
  if (blockSize === 0) throw invalid('block size');
  const blockChecksum = (flags & 16) !== 0 ? 4 : 0;
  let at = 6 + ((flags & 8) !== 0 ? 8 : 0) + 1;

  const start = arena.used;
  for (;;) {
    if (at + 4 > input.length) throw invalid('it ends too early');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return arena.used - start;
    const size = word & 0x7fffffff;
    if (size > blockSize || at + size > input.length) throw invalid('block length');
    arena.reserve(blockSize);
    if (word >= 0x80000000) arena.append(input.subarray(at, at + size));
    else
      arena.used = decodeBlock(input, at, at + size, arena.bytes, start, arena.used, arena.used + blockSize);
    if (arena.used - start > limit) throw new TooLarge();
    at += size + blockChecksum;
  }
}

/** Decodes input[from, to) to output[at …], never beyond `bound`; matches reach back to `start`. Returns the new end. */
function decodeBlock(
  input: Uint8Array,
  from: number,
  to: number,
  output: Uint8Array,
  start: number,
  at: number,
  bound: number,
): number {
  let ip = from;
  let op = at;
  while (ip < to) {
    const token = input[ip++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more;
      do {
        more = input[ip++]!;
        literals += more;
      } while (more === 255 && ip < to);
    }
    if (ip + literals > to || op + literals > bound) throw invalid('literals');
    if (literals <= 32) for (let i = 0; i < literals; i++) output[op + i] = input[ip + i]!;
    else output.set(input.subarray(ip, ip + literals), op);
    ip += literals;
    op += literals;
    if (ip === to) return op; // the last sequence has literals only
    if (ip + 2 > to) throw invalid('offset');
    const offset = input[ip]! | (input[ip + 1]! << 8);
    ip += 2;
    let length = token & 15;
    if (length === 15) {
      let more;
      do {
        if (ip >= to) throw invalid('match length');
        more = input[ip++]!;
        length += more;
      } while (more === 255);
    }
    length += 4;
    const match = op - offset;
    if (offset === 0 || match < start || op + length > bound) throw invalid('match');
    if (offset >= length && length > 32) output.copyWithin(op, match, match + length);
    else for (let i = 0; i < length; i++) output[op + i] = output[match + i]!;
    op += length;
  }
  return op;
}
