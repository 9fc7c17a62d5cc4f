// A cursor says which version of which view a reader has seen. Opaque to clients: it names the pipeline and the view, so that
// a cursor into a replaced view is noticed instead of read as a number that means something else.

import { MillraceError } from '../errors.ts';
import type { ViewLayout } from './view-layout.ts';

export function encodeCursor(layout: ViewLayout, epoch: number): string {
  return Buffer.from(`${layout.pipelineId}.${layout.viewId}.${epoch}`).toString('base64url');
}

/** The epoch that the cursor has seen. Throws INVALID_CURSOR, or CURSOR_EXPIRED when it is of another incarnation. */
export function decodeCursor(layout: ViewLayout, cursor: string): number {
  const match = /^(\d{1,16})\.(\d{1,16})\.(\d{1,16})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  );
  if (match === null) {
    throw new MillraceError({
      code: 'INVALID_CURSOR',
      message: 'this is not a cursor of a view',
      hint: 'pass the "cursor" of a message of the same subscription, unchanged',
    });
  }
  if (Number(match[1]) !== layout.pipelineId || Number(match[2]) !== layout.viewId)
    throw cursorExpired(`view "${layout.name}" was made again since`);
  return Number(match[3]);
}

export function cursorExpired(why: string): MillraceError {
  return new MillraceError({
    code: 'CURSOR_EXPIRED',
    message: `the changes after this cursor cannot be read any more: ${why}`,
    hint: 'subscribe without a cursor: the snapshot has all of them',
  });
}
