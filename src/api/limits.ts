// What one client can ask for. Everything that costs is bounded, and says by which limit it was refused.

import { MillraceError } from '../errors.ts';

export interface Limits {
  /** Levels of nesting of a document. */
  readonly depth: number;
  /** Brackets in one another, of any kind, in a document: what its parser, which recurses, is given at most. */
  readonly nesting: number;
  /** Fields times rows that an operation may ask for, see complexity.ts. */
  readonly complexity: number;
  /** Rows of a page when no limit is given, and at most. */
  readonly defaultPage: number;
  readonly maxPage: number;
  readonly maxOffset: number;
  /** Nodes of one `where`. */
  readonly maxConditions: number;
  readonly bodyBytes: number;
  readonly statementTimeoutMs: number;
  /** Subscriptions of the whole service and of one connection. */
  readonly subscriptions: number;
  readonly subscriptionsPerConnection: number;
  readonly snapshotRows: number;
  /** Of the rows of one request, and of one snapshot, as text. */
  readonly answerBytes: number;
  /** Of messages of one connection that have not left yet; beyond them its subscriptions take turns. */
  readonly bytesInFlight: number;
  /** Of all connections. */
  readonly bytesInFlightOfAll: number;
  /** Changed rows, and their bytes as encoded, that wait for a slow subscriber before it is let go. */
  readonly pendingRows: number;
  readonly pendingBytes: number;
  /** A subscriber that was let go and does not take this word for so long is cut off; so is one that reads nothing while others wait. */
  readonly slowPatienceMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  depth: 12,
  nesting: 500,
  complexity: 100_000,
  defaultPage: 100,
  maxPage: 1000,
  maxOffset: 1_000_000,
  maxConditions: 200,
  bodyBytes: 1024 * 1024,
  statementTimeoutMs: 10_000,
  subscriptions: 10_000,
  subscriptionsPerConnection: 100,
  snapshotRows: 10_000,
  answerBytes: 32 * 1024 * 1024,
  bytesInFlight: 64 * 1024 * 1024,
  bytesInFlightOfAll: 512 * 1024 * 1024,
  pendingRows: 50_000,
  pendingBytes: 16 * 1024 * 1024,
  slowPatienceMs: 10_000,
};

export function limitExceeded(message: string, hint: string): MillraceError {
  return new MillraceError({ code: 'LIMIT_EXCEEDED', message, hint });
}
