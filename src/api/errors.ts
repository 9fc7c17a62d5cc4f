// Errors as GraphQL has them: the message, and in `extensions` code, hint and the place in the submitted SQL. What is not an
// error of the user is logged whole and shown without its insides; nobody sees a stack.

import { GraphQLError } from 'graphql';
import { lineAndColumn, MillraceError } from '../errors.ts';
import { isConnectionError, sqlState } from '../postgres/sql-errors.ts';

export type LogDefect = (error: unknown) => void;

export function toGraphQLError(error: unknown, logDefect: LogDefect): GraphQLError {
  if (error instanceof GraphQLError) return fromGraphQL(error, logDefect);
  const known = error instanceof MillraceError ? error : knownError(error);
  if (known === null) {
    logDefect(error);
    return new GraphQLError('internal error', {
      extensions: {
        code: 'INTERNAL',
        hint: 'this is a defect of Millrace, please report it with the service log',
      },
    });
  }
  if (known.domain === 'internal') logDefect(known);
  return new GraphQLError(known.message, { extensions: extensionsOf(known) });
}

/** Mercurius gathers the errors of a document in one. */
export function toGraphQLErrors(error: unknown, logDefect: LogDefect): GraphQLError[] {
  const cause =
    error instanceof GraphQLError && error.originalError !== undefined ? error.originalError : error;
  if (!isRequestError(cause) || !('errors' in cause) || !Array.isArray(cause.errors))
    return [toGraphQLError(error, logDefect)];
  return (cause.errors as Error[]).map((one) =>
    one instanceof GraphQLError
      ? toGraphQLError(one, logDefect)
      : new GraphQLError(one.message, { extensions: { code: 'INVALID_REQUEST' } }),
  );
}

/** Errors of resolvers come wrapped, with path and locations; those of the document itself do not. */
function fromGraphQL(error: GraphQLError, logDefect: LogDefect): GraphQLError {
  const { originalError } = error;
  const place = {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
  };
  if (originalError === undefined || originalError instanceof GraphQLError) {
    const code = error.extensions['code'] ?? originalError?.extensions['code'] ?? 'INVALID_DOCUMENT';
    return new GraphQLError(error.message, { ...place, extensions: { ...error.extensions, code } });
  }
  const inner = toGraphQLError(originalError, logDefect);
  return new GraphQLError(inner.message, { ...place, extensions: inner.extensions });
}

function extensionsOf(error: MillraceError): Record<string, unknown> {
  const extensions: Record<string, unknown> = { code: error.code };
  if (error.hint !== undefined) extensions['hint'] = error.hint;
  if (error.retryable) extensions['retryable'] = true;
  if (error.span === undefined || error.sql === undefined) return extensions;
  const { line, column, lineText } = lineAndColumn(error.sql, error.span.offset);
  return { ...extensions, line, column, text: lineText.slice(0, 500) };
}

/** Errors of Postgres and of mercurius that are not defects. */
function knownError(error: unknown): MillraceError | null {
  if (sqlState(error) === '57014') {
    return new MillraceError({
      code: 'QUERY_TIMEOUT',
      message: 'the query took too long and was stopped',
      hint: 'narrow it with "where", or ask for an index on what it filters by',
    });
  }
  if (isConnectionError(error)) {
    return new MillraceError({
      code: 'POSTGRES_UNREACHABLE',
      domain: 'external',
      message: 'Postgres cannot be reached at present',
      hint: 'try again',
      retryable: true,
    });
  }
  if (isRequestError(error))
    return new MillraceError({
      code: 'INVALID_REQUEST',
      message: error.message,
      hint: 'send JSON by POST: { "query": "…", "variables": {…} }',
    });
  return null;
}

/** What the HTTP layers refuse: unparsable bodies, missing queries, methods. */
function isRequestError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode < 500;
}
