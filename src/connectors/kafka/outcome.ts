// What a broker's answer for a partition means for the reader: a pure decision, so that every case can be tested without one.
import { BrokerCode } from './errors.ts';

export type FetchOutcome =
  | { readonly kind: 'records' }
  /** The position is not in the log: ask where the log begins and ends. */
  | { readonly kind: 'out-of-range' }
  /** The leader moved, or the broker knows less or more than we do: refresh the metadata, retry. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'corrupt' };

export function outcomeOf(errorCode: number): FetchOutcome {
  switch (errorCode) {
    case BrokerCode.none:
      return { kind: 'records' };
    case BrokerCode.offsetOutOfRange:
      return { kind: 'out-of-range' };
    case BrokerCode.topicAuthorizationFailed:
      return { kind: 'denied' };
    case BrokerCode.corruptMessage:
      return { kind: 'corrupt' };
    default:
      return { kind: 'refresh' };
  }
}

export type RangeVerdict =
  | { readonly kind: 'lost' }
  | { readonly kind: 'beyond-end' }
  /** In range after all: a leader election was under way. */
  | { readonly kind: 'retry' };

/**
 * `seen` counts how often in a row the broker refused this offset. A new leader may for a moment know an older end than the
 * one that was read, so only a repeated refusal beyond the end counts.
 */
export function judgeRange(offset: number, earliest: number, end: number, seen: number): RangeVerdict {
  if (offset < earliest) return { kind: 'lost' };
  if (offset > end && seen >= 3) return { kind: 'beyond-end' };
  return { kind: 'retry' };
}
