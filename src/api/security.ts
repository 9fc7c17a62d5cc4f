// Who may come in. Without a token only this machine may, and only by its own name: a page of another site that a browser
// shows here, or a name of another site that points here, is refused (cross-site requests, DNS rebinding). With a token, who
// has it may. Browsers send no token by themselves, so there is nothing to forge then.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { MillraceError } from '../errors.ts';

export interface Access {
  /** Throws FORBIDDEN_HOST, FORBIDDEN_ORIGIN. */
  checkPlace(headers: IncomingHttpHeaders): void;
  /** `Bearer …` as it came in, by header or by the connection_init of a WebSocket. */
  isAllowed(authorization: unknown): boolean;
  readonly needsToken: boolean;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Throws API_TOKEN_REQUIRED when the address can be reached from elsewhere and there is no token. */
export function accessFor(host: string, token: string | undefined): Access {
  if (token !== undefined && token.length < 16) {
    throw new MillraceError({
      code: 'API_TOKEN_TOO_SHORT',
      message: 'the API token has fewer than 16 characters',
      hint: 'make one with: openssl rand -hex 32',
    });
  }
  if (token === undefined && !isLoopback(host)) {
    throw new MillraceError({
      code: 'API_TOKEN_REQUIRED',
      message: `the API does not listen on ${host} without a token`,
      hint: 'set MILLRACE_API_TOKEN, or listen on 127.0.0.1',
    });
  }
  return {
    needsToken: token !== undefined,
    checkPlace: token === undefined ? checkLocal : () => {},
    isAllowed: token === undefined ? () => true : (given) => sameToken(given, token),
  };
}

function checkLocal({ host, origin }: IncomingHttpHeaders): void {
  if (!isLoopback(nameOf(`http://${host ?? ''}`)))
    throw forbidden('FORBIDDEN_HOST', `this service is not "${host}"`);
  if (origin !== undefined && !isLoopback(nameOf(origin)))
    throw forbidden('FORBIDDEN_ORIGIN', `pages of ${origin} may not use this service`);
}

function nameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

function forbidden(code: string, message: string): MillraceError {
  return new MillraceError({ code, message, hint: 'use http://127.0.0.1, or set an API token' });
}

/** In a time that does not depend on where they differ. */
function sameToken(given: unknown, token: string): boolean {
  if (typeof given !== 'string') return false;
  const match = /^Bearer ([^\s]+)$/i.exec(given);
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(match?.[1] ?? ''), digest(token)) && match !== null;
}

export function unauthenticated(): MillraceError {
  return new MillraceError({
    code: 'UNAUTHENTICATED',
    message: 'a valid API token is needed',
    hint: 'send the header "Authorization: Bearer <token>"; on a WebSocket, { "authorization": "Bearer <token>" } as connection parameters',
  });
}
