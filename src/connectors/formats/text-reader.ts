// ENCODE TEXT and BYTES: the whole value is the one column.

import type { RecordReader, SlotSet } from './slot-decoder.ts';
import type { RejectCode } from './rejection.ts';
import { NO_VALUE, OK } from './rejection.ts';
import { checkText } from './utf8.ts';

export class TextReader implements RecordReader {
  readonly failed = -1;
  readonly source = '';
  private readonly set: SlotSet;

  private readonly isText: boolean;

  /** The one column is of type text, or of type bytea, which takes any bytes. */
  constructor(set: SlotSet, isText: boolean) {
    this.set = set;
    this.isText = isText;
  }

  read(b: Uint8Array, v: DataView, s: number, e: number, row: number): number {
    const slot = this.set.slots[0];
    const code = this.isText ? checkText(b, v, s, e) : OK;
    if (code !== OK || slot === undefined) return code;
    const target = slot.projected ? row : 0;
    slot.start[target] = s;
    slot.end[target] = e;
    return OK;
  }

  shown(): string {
    return '';
  }

  message(code: RejectCode): string {
    switch (code) {
      case 'NULL_VALUE':
        return NO_VALUE;
      case 'NUL_CHARACTER':
        return 'the value holds the character U+0000, which Postgres cannot store';
      default:
        return 'the value is not valid UTF-8';
    }
  }
}
