// The refusals of the SQL front end: one function per error code, all with a place in the text.

import { MillraceError, type TextSpan } from '../errors.ts';

/** The text is not a statement of the dialect. */
export function syntaxError(message: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({ code: 'SQL_SYNTAX', message, span, hint });
}

/** The text is understood, and what it asks for does not exist here. */
export function unsupported(construct: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({ code: 'SQL_UNSUPPORTED', message: `${construct} is not supported`, span, hint });
}

/** The text is larger, longer or deeper than is read. */
export function tooLarge(message: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({ code: 'SQL_TOO_LARGE', message, span, hint });
}

/** The grammar answered with something its documentation does not allow: ours to repair. */
export function defect(message: string, span: TextSpan): MillraceError {
  return new MillraceError({ code: 'INTERNAL', domain: 'internal', message: `SQL reader: ${message}`, span });
}
