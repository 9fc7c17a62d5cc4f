// Messages of a WebSocket that must not reach mercurius, which parses documents there before any of its hooks: those that nest too
// deeply, and documents that are not text. They are answered here, with their code.

import type { GraphQLError } from 'graphql';
import type { MillraceError } from '../errors.ts';
import { MillraceError as KnownError } from '../errors.ts';
import { checkNesting, checkNestingOf } from './nesting.ts';

/** What is used of a socket of `ws`. */
export interface GuardedSocket {
  emit(event: string, ...args: unknown[]): boolean;
  send(text: string): void;
}

interface Start {
  readonly id?: unknown;
  readonly payload?: { readonly query?: unknown; readonly variables?: unknown };
}

/** Listeners of `message` hear only what is allowed. */
export function guardSocket(
  socket: GuardedSocket,
  most: number,
  shown: (error: MillraceError) => GraphQLError,
): void {
  const emit = socket.emit.bind(socket);
  socket.emit = (event, ...args) => {
    const refusal = event === 'message' ? refusalOf(String(args[0]), most) : null;
    if (refusal === null) return emit(event, ...args);
    const { id, error } = refusal;
    socket.send(JSON.stringify({ id, type: 'error', payload: [shown(error)] }));
    return true;
  };
}

function refusalOf(
  text: string,
  most: number,
): { readonly id: unknown; readonly error: MillraceError } | null {
  const message = parsed(text);
  const { id, payload } = message ?? {};
  if (typeof payload !== 'object' || payload === null) return null;
  const { query, variables } = payload;
  if (query === undefined) return null;
  const error =
    typeof query === 'string'
      ? (checkNesting(query, most) ?? checkNestingOf(variables, most))
      : new KnownError({
          code: 'INVALID_REQUEST',
          message: 'the document is not a text',
          hint: 'send the operation as a string, in payload.query',
        });
  return error === null ? null : { id, error };
}

/** What is no JSON is told so further on. */
function parsed(text: string): Start | null {
  try {
    return JSON.parse(text) as Start | null;
  } catch {
    return null;
  }
}
