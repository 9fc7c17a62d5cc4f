// PostgreSQL counts places in UTF-8 bytes (nodes, tokens) or in characters (error cursors); Millrace counts UTF-16 code
// units, as JavaScript indexes strings. This is the only place that converts.

export class Positions {
  readonly byteLength: number;
  /** UTF-16 offset of every byte; undefined when the text is ASCII and both are the same. */
  readonly #offsets: Int32Array | undefined;

  constructor(text: string) {
    this.byteLength = Buffer.byteLength(text, 'utf8');
    this.#offsets =
      this.byteLength === text.length ? undefined : utf16OffsetOfEachByte(text, this.byteLength);
  }

  /** The UTF-16 offset of a byte offset; past the end it is the end. */
  ofByte(byte: number): number {
    const at = Math.max(0, Math.min(byte, this.byteLength));
    return this.#offsets === undefined ? at : this.#offsets[at]!;
  }
}

function utf16OffsetOfEachByte(text: string, byteLength: number): Int32Array {
  const offsets = new Int32Array(byteLength + 1);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const bytes = utf8Length(character.codePointAt(0)!);
    offsets.fill(unit, byte, byte + bytes);
    byte += bytes;
    unit += character.length;
  }
  offsets[byteLength] = unit;
  return offsets;
}

/** The byte offset of the character (code point) with this number, counted from 0. */
export function byteOfCharacter(text: string, characters: number): number {
  let byte = 0;
  let left = characters;
  for (const character of text) {
    if (left-- <= 0) break;
    byte += utf8Length(character.codePointAt(0)!);
  }
  return byte;
}

/** As many spaces as the text has bytes: what is blanked this way moves no other byte. */
export function blank(text: string): string {
  return ' '.repeat(Buffer.byteLength(text, 'utf8'));
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
