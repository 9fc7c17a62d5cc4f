// A cheap division of a text into lexemes, by PostgreSQL's rules for quotes and comments. It never decides what a text
// means: it bounds the work before the real scanner runs, and finds the place when the real scanner fails, since that
// one tells no position.

// Unrolled loops, so that matching stays linear. What is opened and not closed reaches to the end, as for PostgreSQL.
const LEXEME = new RegExp(
  [
    String.raw`\s+`,
    String.raw`--[^\n\r]*`,
    String.raw`[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'(?!')`,
    String.raw`(?:[uU]&|[bBxXnN])?'[^']*(?:''[^']*)*'(?!')`,
    String.raw`(?:[uU]&)?"[^"]*(?:""[^"]*)*"(?!")`,
    String.raw`\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?\$\1\$`,
    String.raw`(?:[eEbBxXnN]|[uU]&)?['"][\s\S]*`,
    String.raw`\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*`,
    String.raw`[\w\u0080-\uffff$]+`,
    String.raw`[\s\S]`,
  ].join('|'),
  'gy',
);

/** The end offset of every lexeme that is no white space, at most `limit + 1` of them. */
export function lexemeEnds(text: string, limit: number): number[] {
  const ends: number[] = [];
  let at = 0;
  while (at < text.length && ends.length <= limit) {
    const end = nextEnd(text, at);
    if (text.slice(at, end).trim() !== '') ends.push(end);
    at = end;
  }
  return ends;
}

const OPERATOR = /^[~!@#^&|`?+\-*/%<>=]$/;
const OPERATORS = /[~!@#^&|`?+\-*/%<>=]+/g;

/**
 * Where more than `limit` operator characters stand together outside of quotes, or −1. PostgreSQL's scanner takes such a
 * run whole and gives it back up to once per character, in comments too, so its time grows with the square of the run.
 */
export function longOperatorRun(text: string, limit: number): number {
  let start = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = nextEnd(text, at);
    const lexeme = text.slice(at, end);
    if (lexeme.startsWith('/*')) {
      for (const run of lexeme.matchAll(OPERATORS)) if (run[0].length > limit) return at + run.index;
    }
    if (!OPERATOR.test(lexeme)) start = end;
    else if (end - start > limit) return start;
  }
  return -1;
}

function nextEnd(text: string, at: number): number {
  if (text.startsWith('/*', at)) return blockCommentEnd(text, at);
  LEXEME.lastIndex = at;
  LEXEME.exec(text);
  return Math.max(LEXEME.lastIndex, at + 1);
}

/** Comments nest; an open one reaches to the end. */
function blockCommentEnd(text: string, at: number): number {
  const border = /\/\*|\*\//g;
  border.lastIndex = at;
  let depth = 0;
  for (let found = border.exec(text); found !== null; found = border.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return border.lastIndex;
  }
  return text.length;
}
