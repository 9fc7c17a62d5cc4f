// Where a sink stands in its topic, read from the topic itself: every record of a sink carries its position, so the last committed
// one says what a predecessor has written, whatever the predecessor had time to note down.

import { MillraceError } from '../../errors.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { SourceReader, StartPosition } from '../source.ts';
import type { KafkaCluster } from './cluster.ts';
import { readHeaders } from './headers.ts';
import { openReader } from './open-reader.ts';
import { LATEST } from './protocol/list-offsets.ts';
import type { TopicMetadata } from './protocol/metadata.ts';
import { POSITION_HEADER } from './transactions.ts';

/** `timeline:epoch:part:index`: of which sink, and where in its change log. */
export function positionText(timeline: string, epoch: number, part: number, index: number): string {
  return `${timeline}:${epoch}:${part}:${index}`;
}

export interface PositionSearch {
  readonly cluster: KafkaCluster;
  readonly topic: TopicMetadata;
  readonly timeline: string;
  /** Where to begin to look. */
  readonly start: StartPosition;
  readonly signal: AbortSignal;
}

export interface FoundPosition {
  /** The last epoch of this timeline in the topic; null: there is no record of it. */
  readonly epoch: number | null;
  /** Records from where the search should have begun are gone. */
  readonly lost: boolean;
  /** The end of each partition. */
  readonly ends: ReadonlyMap<number, number>;
}

/**
 * To be called when the predecessor is fenced. Looks up to the end of the log, not only to where consumers can see: behind the open
 * transaction of another producer our own committed records wait to become visible.
 */
export async function findPosition(search: PositionSearch): Promise<FoundPosition> {
  const { cluster, topic, start, signal } = search;
  const partitions = topic.partitions.map(({ partition }) => partition);
  const ends = await cluster.offsets(topic, partitions, LATEST, 'read_uncommitted');
  const reader = await openReader({
    cluster,
    topic: topic.topic,
    start,
    end: { kind: 'offsets', offsets: ends },
    identity: topic.topicId,
    onDataLoss: 'continue',
  });
  const giveUp = (): void => void reader.close();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return { ...(await lastEpoch(reader, `${search.timeline}:`, signal)), ends };
  } finally {
    signal.removeEventListener('abort', giveUp);
    await reader.close();
  }
}

/** An open transaction of somebody else ends at the latest with its timeout, which brokers bound by 15 minutes. */
const PATIENCE_MS = 16 * 60_000;

async function lastEpoch(
  reader: SourceReader,
  prefix: string,
  signal: AbortSignal,
): Promise<Pick<FoundPosition, 'epoch' | 'lost'>> {
  let epoch: number | null = null;
  let lost = false;
  let wake: () => void = () => {};
  reader.onReady(() => wake());
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    if (signal.aborted) throw stopped();
    const chunk = reader.take();
    if (chunk !== undefined) {
      lost ||= chunk.lost !== undefined;
      epoch = Math.max(epoch ?? -1, lastOf(chunk.columns, prefix));
      continue;
    }
    if (reader.finished) return { epoch: epoch !== null && epoch >= 0 ? epoch : null, lost };
    if (performance.now() > deadline) throw notVisible();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 200);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function lastOf(columns: RecordColumns, prefix: string): number {
  let last = -1;
  for (let row = 0; row < columns.count; row++) {
    for (const { key, value } of readHeaders(columns, row)) {
      if (key !== POSITION_HEADER || value === null) continue;
      const text = Buffer.from(value).toString();
      if (text.startsWith(prefix)) last = Math.max(last, Number(text.slice(prefix.length).split(':')[0]));
    }
  }
  return last;
}

function stopped(): MillraceError {
  return new MillraceError({
    code: 'SHUTTING_DOWN',
    hint: 'it goes on at the next start',
    domain: 'external',
    message: 'the sink was stopped while it looked for its position',
    retryable: true,
  });
}

function notVisible(): MillraceError {
  return new MillraceError({
    code: 'TOPIC_NOT_READABLE',
    domain: 'external',
    message: 'the end of the topic cannot be read: a transaction of another producer stays open',
    hint: 'tried again; look for hanging transactions with kafka-transactions.sh',
    retryable: true,
  });
}
