// How much text is read at once. The grammar recurses on nesting and reading blocks the thread, so both are bounded
// before either is asked: far above what people write, far below what hurts.

/** Length of a submitted text, in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** Tokens of a submitted text. What is made of them takes time in proportion: half a second from text to code, at the worst. */
export const MAX_TOKENS = 50_000;

export const MAX_STATEMENTS = 1000;

/** Cost of nesting, see nesting.ts: about 200 brackets or 600 chained operators. */
export const MAX_NESTING = 600;

/** Operator characters in a row, in comments too; PostgreSQL's own operators end at 63. */
export const MAX_OPERATOR_RUN = 1000;
