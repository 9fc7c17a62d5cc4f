// White space around a text that is read as a value, as isspace() of the C locale knows it.
//
// Not by a regular expression: one that looks for white space at the end tries each run of it in the text from each of its characters,
// and so takes minutes for a text with a million blanks inside.

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

export function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}
