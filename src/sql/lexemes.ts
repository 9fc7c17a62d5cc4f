// A cheap division of a text into lexemes, by PostgreSQL's rules for quotes and comments. It never decides what a text
// means: it bounds the work before the real scanner runs, and finds the place when the real scanner fails, since that
// one tells no position.

const LEXEME = new RegExp(
  [
    String.raw`\s+`,
    String.raw`--[^\n\r]*`,
    String.raw`[eE]'(?:[^'\\]|\\[\s\S]|'')*'`,
    String.raw`(?:[uU]&|[bBxXnN])?'(?:[^']|'')*'`,
    String.raw`(?:[uU]&)?"(?:[^"]|"")*"`,
    String.raw`\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$`,
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
    const end = text.startsWith('/*', at) ? blockCommentEnd(text, at) : nextEnd(text, at);
    if (text.slice(at, end).trim() !== '') ends.push(end);
    at = end;
  }
  return ends;
}

function nextEnd(text: string, at: number): number {
  LEXEME.lastIndex = at;
  LEXEME.exec(text);
  return Math.max(LEXEME.lastIndex, at + 1);
}

/** Comments nest; an open one is cut after its first two characters, where it is reported. */
function blockCommentEnd(text: string, at: number): number {
  const border = /\/\*|\*\//g;
  border.lastIndex = at;
  let depth = 0;
  for (let found = border.exec(text); found !== null; found = border.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return border.lastIndex;
  }
  return at + 2;
}
