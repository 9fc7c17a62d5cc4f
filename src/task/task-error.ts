// Errors of tasks as messages: structured cloning keeps neither class nor code of an error.

import { MillraceError } from '../errors.ts';

export interface ErrorMessage {
  readonly known: {
    readonly code: string;
    readonly domain: MillraceError['domain'];
    readonly hint: string | undefined;
    readonly retryable: boolean;
  } | null;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toErrorMessage(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { known: null, message: String(error), stack: undefined };
  const { message, stack } = error;
  if (!(error instanceof MillraceError)) return { known: null, message, stack };
  const { code, domain, hint, retryable } = error;
  return { known: { code, domain, hint, retryable }, message, stack };
}

export function fromErrorMessage({ known, message, stack }: ErrorMessage): Error {
  const error = known === null ? new Error(message) : new MillraceError({ ...known, message });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The host of a task is gone, or the task has thrown something that nobody foresaw. */
export function taskDied(task: number, how: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'TASK_DIED',
    domain: 'internal',
    message: `task ${task} died: ${how}`,
    hint: 'its pipeline starts again from the last committed epoch; when it ran out of memory, give it more, or more tasks',
    cause,
  });
}
