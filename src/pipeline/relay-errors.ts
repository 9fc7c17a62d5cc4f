// Why a sink stops for good, and what its owner can choose to do.

import { MillraceError } from '../errors.ts';

const AGAIN =
  "DROP the sink and create it again: it then writes all rows that are present; or create it with when_ahead = 'continue', which goes on from what the database knows";

export function sinkAhead(topic: string, there: number, known: number | null): MillraceError {
  const here = known === null ? 'no epoch' : `epoch ${known}`;
  return new MillraceError({
    code: 'SINK_AHEAD',
    message: `topic "${topic}" holds changes of this sink up to epoch ${there}, of which the database knows nothing (it stands at ${here})`,
    hint: `was the database restored to an earlier state? ${AGAIN}`,
  });
}

export function positionLost(topic: string): MillraceError {
  return new MillraceError({
    code: 'SINK_POSITION_LOST',
    message: `records were deleted from topic "${topic}" that would tell whether the last transaction of this sink was committed`,
    hint: AGAIN,
  });
}

export function sinkBehindLog(name: string, cause: MillraceError): MillraceError {
  return new MillraceError({
    code: 'SINK_LOST',
    message: `sink "${name}" cannot go on: changes that it has not written are no longer in the change log`,
    hint: 'the log had reached its cap; DROP the sink and create it again',
    cause,
  });
}

export function snapshotTooLarge(name: string, rows: number, timeoutMs: number): MillraceError {
  return new MillraceError({
    code: 'SINK_SNAPSHOT_TOO_LARGE',
    message: `the rows that sink "${name}" begins with take longer than a transaction may (transaction_timeout = ${timeoutMs / 1000} s): ${rows} were sent`,
    hint: "DROP the sink and create it again with a longer transaction_timeout, such as '10 min'; the broker's transaction.max.timeout.ms bounds it, 15 minutes by default",
  });
}
