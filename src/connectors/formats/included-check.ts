// A record whose key or headers are included as columns must be able to give them: text that Postgres can store, headers that are
// whole.

import { HeaderWalker } from '../kafka/header-walker.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { RecordCheck } from './checked-decoder.ts';
import type { Reject, RejectCode } from './rejection.ts';
import { BAD_HEADERS, columnMessage, excerpt, OK, REJECT_CODES } from './rejection.ts';
import { checkText } from './utf8.ts';

/** Names of the columns that are to be checked; null: not included. */
export interface CheckedIncludes {
  readonly key: string | null;
  readonly headers: string | null;
}

export class IncludedCheck implements RecordCheck {
  private readonly checked: CheckedIncludes;
  private readonly walker = new HeaderWalker();

  constructor(checked: CheckedIncludes) {
    this.checked = checked;
  }

  isBad(records: RecordColumns, view: DataView, i: number, reject: Reject): boolean {
    const { key, headers } = this.checked;
    if (key !== null && records.keyStart[i]! >= 0) {
      const [s, e] = [records.keyStart[i]!, records.keyEnd[i]!];
      const code = checkText(records.buffer, view, s, e);
      if (code !== OK) {
        const name = REJECT_CODES[-code] as RejectCode;
        reject(i, name, columnMessage(name, key, 'text', excerpt(records.buffer, s, e)));
        return true;
      }
    }
    if (headers === null || this.checkHeaders(records, view, i) === OK) return false;
    reject(i, 'BAD_HEADERS', `column "${headers}": the headers of the record are malformed or not UTF-8`);
    return true;
  }

  private checkHeaders({ buffer, headersStart, headersEnd }: RecordColumns, v: DataView, i: number): number {
    const { walker } = this;
    try {
      walker.open(buffer, headersStart[i]!, headersEnd[i]!);
      while (walker.next())
        if (checkText(buffer, v, walker.keyStart, walker.keyEnd) !== OK) return BAD_HEADERS;
      return walker.complete ? OK : BAD_HEADERS;
    } catch (error) {
      if (error instanceof RangeError) return BAD_HEADERS;
      throw error;
    }
  }
}
