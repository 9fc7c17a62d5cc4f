// Why something cannot be replaced.

import type { Definition } from '../../catalog/definition.ts';
import type { TextSpan } from '../../errors.ts';
import { MillraceError } from '../../errors.ts';

function named(definitions: readonly Definition[]): string {
  return definitions.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

function dependent(message: string, hint: string, cause?: unknown): MillraceError {
  return new MillraceError({ code: 'DEPENDENT_OBJECTS', message, hint, cause });
}

export function gone(readers: readonly Definition[]): MillraceError {
  return dependent(
    `what is to be removed is still read by ${named(readers)}`,
    'drop those first, or put them in the same file',
  );
}

export function readBySinks(replaced: readonly Definition[], sinks: readonly Definition[]): MillraceError {
  return dependent(
    `${named(replaced)} cannot be replaced: ${named(sinks)} would have to take back what it has written`,
    'DROP the sink, replace what it reads, and CREATE SINK again',
  );
}

export function ownReaders(replaced: readonly Definition[], readers: readonly Definition[]): MillraceError {
  return dependent(
    `${named(replaced)} cannot be replaced alone: ${named(readers)} is computed with it, from the same submission`,
    'write CREATE OR REPLACE for all of them in one submission',
  );
}

export function otherColumns(
  { kind, name }: Definition,
  column: string,
  readers: readonly Definition[],
): MillraceError {
  return dependent(
    `the new ${kind} ${name} does not have column "${column}" as it was, and it is read by ${named(readers)}`,
    'keep the present columns first, in their order and types, or replace what reads it in the same submission',
  );
}

export function otherReaderColumns({ kind, name }: Definition, column: string): MillraceError {
  return dependent(
    `${kind} ${name} reads it, and would no longer have column "${column}" as it is`,
    `replace ${name} in the same submission, with its columns written out`,
  );
}

export function readerFails(group: readonly Definition[], cause: MillraceError): MillraceError {
  return dependent(
    `${named(group)} reads what is replaced, and is not valid over the new version: ${cause.message}`,
    'replace it in the same submission, or DROP it first',
    cause,
  );
}

export function unsupportedBeside(kind: string, span: TextSpan): MillraceError {
  return new MillraceError({
    code: 'SQL_UNSUPPORTED',
    message: `${kind.toUpperCase()} beside CREATE OR REPLACE is not supported`,
    hint: 'what replaces takes effect later, when it has caught up: submit this apart',
    span,
  });
}

export function beingReplaced({ kind, name }: Definition): MillraceError {
  return new MillraceError({
    code: 'BEING_REPLACED',
    message: `${kind} ${name} is part of a replacement that is not over`,
    domain: 'external',
    hint: `wait until millrace.replacements no longer has it, or ALTER ${kind.toUpperCase()} ${name} ROLLBACK to cancel it (DROP PREVIOUS VERSION when it is only kept for an undo)`,
    retryable: true,
  });
}

export function readsBoth(reader: Definition, read: Definition): MillraceError {
  return dependent(
    `${read.kind} ${read.name} cannot go back: ${reader.kind} ${reader.name}, made since, reads it`,
    `DROP ${reader.kind.toUpperCase()} ${reader.name} first`,
  );
}

export function neverCatchesUp({ name }: Definition): MillraceError {
  return new MillraceError({
    code: 'SQL_UNSUPPORTED',
    message: `CREATE OR REPLACE over the generator "${name}", which makes so many rows a second without end, is not supported`,
    hint: 'what begins again would be behind for ever: DROP and CREATE instead',
  });
}

export function noHistory(message: string): MillraceError {
  return new MillraceError({
    code: 'HISTORY_LOST',
    message,
    domain: 'external',
    hint: 'the new version would lack what the old one has: CREATE OR REPLACE FORCE … begins with what is still there',
  });
}
