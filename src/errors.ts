// The one error type of Millrace. Everything that can go wrong for a user has a stable code, a cause and a next step;
// what is not a MillraceError is a defect of ours and is reported as such (code INTERNAL), never as a user mistake.

/** Whose mistake it is: decides whether it is retried (external), shown with a position (user) or reported as a defect. */
export type ErrorDomain = 'user' | 'external' | 'internal';

/** A place in submitted SQL text. `offset` and `end` count UTF-16 code units of `text` (JavaScript string indexes). */
export interface TextSpan {
  readonly offset: number;
  readonly end: number;
}

export interface ErrorDetails {
  /** Stable, SCREAMING_SNAKE_CASE; documented in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly domain?: ErrorDomain;
  /** What the user can do, or write instead. */
  readonly hint?: string | undefined;
  /** Where in `sql`. */
  readonly span?: TextSpan | undefined;
  /** The text that `span` points into. */
  readonly sql?: string | undefined;
  /** May the same action succeed later without a change by the user? */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

export class MillraceError extends Error {
  readonly code: string;
  readonly domain: ErrorDomain;
  readonly hint: string | undefined;
  readonly span: TextSpan | undefined;
  readonly sql: string | undefined;
  readonly retryable: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MillraceError';
    this.code = details.code;
    this.domain = details.domain ?? 'user';
    this.hint = details.hint;
    this.span = details.span;
    this.sql = details.sql;
    this.retryable = details.retryable ?? false;
  }

  /** The same error at a place of `sql`, for one that comes from something which the text names. */
  at(span: TextSpan, sql: string): MillraceError {
    const { code, message, domain, hint, retryable, cause } = this;
    return new MillraceError({ code, message, domain, hint, span, sql, retryable, cause });
  }

  /** The same error, pointing into `sql`; used where the text is known only further out. */
  withSql(sql: string): MillraceError {
    if (this.sql !== undefined) return this;
    return new MillraceError({
      code: this.code,
      message: this.message,
      domain: this.domain,
      hint: this.hint,
      span: this.span,
      sql,
      retryable: this.retryable,
      cause: this.cause,
    });
  }
}

/** Line and column, both from 1, of a UTF-16 offset; columns count Unicode code points, as psql's cursor does. */
export function lineAndColumn(
  text: string,
  offset: number,
): { line: number; column: number; lineText: string } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  const stop = text.indexOf('\n', start);
  const lineText = text.slice(start, stop < 0 ? undefined : stop).replace(/\r$/, '');
  return { line, column: [...before.slice(start)].length + 1, lineText };
}

/**
 * What a user reads: never a stack trace.
 *
 *     error[UNKNOWN_COLUMN]: column "auctoin" does not exist
 *       --> line 2, column 8
 *       |  SELECT auctoin FROM bid
 *       |         ^^^^^^^
 *       hint: did you mean "auction"?
 */
export function renderError(error: unknown): string {
  if (!(error instanceof MillraceError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `error[INTERNAL]: ${message}\n  hint: this is a defect of Millrace, please report it with the service log`;
  }
  const lines = [`error[${error.code}]: ${error.message}`];
  if (error.span !== undefined && error.sql !== undefined) {
    const at = lineAndColumn(error.sql, error.span.offset);
    const shown = [...at.lineText];
    const from = Math.max(0, at.column - 81);
    const width = [...error.sql.slice(error.span.offset, error.span.end).split('\n')[0]!].length;
    lines.push(`  --> line ${at.line}, column ${at.column}`);
    lines.push(`  |  ${shown.slice(from, from + 160).join('')}`);
    lines.push(`  |  ${' '.repeat(at.column - 1 - from)}${'^'.repeat(Math.max(1, Math.min(width, 120)))}`);
  }
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines.join('\n');
}
