// What an error of Postgres means for whoever waits on it: try again later, or never.

import { MillraceError } from '../errors.ts';

/** The five-character code of an error that the server sent; undefined when the connection itself broke. */
export function sqlState(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in at) return code;
  }
  return undefined;
}

// 08 connection, 25006 a standby answered, 25P03/25P04 transaction timed out, 28/3D refused at the door, 40 rolled back by
// the server, 53 resources, 55006/55P03 locked, 57 operator intervention, 58 system error.
const PASSES = /^(08|40|53|57|58)|^(25006|25P03|25P04|55006|55P03|28000|28P01|3D000)$/;

/** May the same statement succeed later without any change? True too when the connection broke. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? isConnectionError(error) : PASSES.test(state);
}

/** The connection broke or never came about: the server has not answered. */
export function isConnectionError(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at instanceof MillraceError && /^POSTGRES_(UNREACHABLE|BUSY)$/.test(at.code)) return true;
    const code: unknown = 'code' in at ? at.code : undefined;
    if (
      typeof code === 'string' &&
      /^E(CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_|ADDRNOT)|^ERR_(SOCKET|STREAM)/.test(code)
    )
      return true;
    if (
      /^Connection terminated|not queryable|^timeout expired|connection timeout|^Query read timeout/.test(
        at.message,
      )
    )
      return true;
  }
  return false;
}

/** Is the connection gone, or about to go? After a FATAL answer the server closes it, and the socket says so only later. */
export function endsConnection(error: unknown): boolean {
  const severity: unknown = error instanceof Error && 'severity' in error ? error.severity : undefined;
  return severity === 'FATAL' || severity === 'PANIC' || isConnectionError(error);
}

/** The error that a failed connection attempt shows to a user; never with the password of `url`. */
export function unreachable(url: string, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? cause.message || errorCode(cause) : String(cause);
  return new MillraceError({
    code: 'POSTGRES_UNREACHABLE',
    message: `cannot connect to Postgres at ${withoutSecret(url)}: ${reason}`,
    domain: 'external',
    hint: 'check DATABASE_URL, that the server runs, and that it lets this user in',
    retryable: true,
    cause,
  });
}

/** All connections of a pool were in use for as long as one waits for them. */
export function busy(connections: number): MillraceError {
  return new MillraceError({
    code: 'POSTGRES_BUSY',
    message: `all ${connections} connections to Postgres were in use, and none became free`,
    domain: 'external',
    hint: 'try again; queries that take long can be narrowed, or need an index',
    retryable: true,
  });
}

/** Attempts at several addresses fail with an AggregateError that has a code and no message. */
function errorCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

export function withoutSecret(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.hostname}:${parsed.port || '5432'}${parsed.pathname}`;
  } catch {
    return '(unreadable address)';
  }
}
