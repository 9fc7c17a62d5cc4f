// The templates of to_char for times, as PostgreSQL takes them apart: longest keyword first, FM before and TH or SP behind
// one, text between double quotes, and everything else as it stands. After src/backend/utils/adt/formatting.c.

/** One piece of a template. */
export type TimePiece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'field';
      /** As it is written, which says how names are spelled. */
      readonly field: string;
      /** FM: without padding. */
      readonly fill: boolean;
      /** TH or th behind it. */
      readonly ordinal: 'TH' | 'th' | undefined;
    };

/** In PostgreSQL's order: where one keyword begins another, the longer one is first. */
const UPPER =
  'A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY Day Dy D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I J MI MM ' +
  'MONTH MON MS Month Mon OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY YYY YY Y';
const LOWER =
  'a.d. a.m. ad am b.c. bc cc day ddd dd dy d ff1 ff2 ff3 ff4 ff5 ff6 fx hh24 hh12 hh iddd id iw iyyy iyy iy i j mi mm ' +
  'month mon ms of p.m. pm q rm sssss ssss ss tzh tzm tz us ww w y,yyy yyyy yyy yy y';
const KEYWORDS = `${UPPER} ${LOWER}`.split(' ');

const PREFIXES = ['FM', 'fm', 'TM', 'tm'];
const SUFFIXES = ['TH', 'th', 'SP'];

export function parseTimeFormat(format: string): readonly TimePiece[] {
  const pieces: TimePiece[] = [];
  let at = 0;
  const starts = (words: readonly string[]): string | undefined =>
    words.find((word) => format.startsWith(word, at));
  while (at < format.length) {
    const prefix = starts(PREFIXES);
    if (prefix !== undefined) at += 2;
    const keyword = starts(KEYWORDS);
    if (keyword !== undefined) {
      at += keyword.length;
      const suffix = starts(SUFFIXES);
      if (suffix !== undefined) at += 2;
      const ordinal = suffix === 'TH' || suffix === 'th' ? suffix : undefined;
      const localised = prefix?.toUpperCase() === 'TM';
      pieces.push({ kind: 'field', field: localised ? `TM${keyword}` : keyword, fill: prefix?.toUpperCase() !== 'FM', ordinal }); // prettier-ignore
    } else if (at < format.length) at = readText(format, at, pieces);
  }
  return pieces;
}

/** Text between double quotes, where a backslash takes the next character as it is, or one character. */
function readText(format: string, from: number, pieces: TimePiece[]): number {
  const character = (at: number): string => String.fromCodePoint(format.codePointAt(at)!);
  let at = from;
  if (format[at] !== '"') {
    if (format[at] === '\\' && format[at + 1] === '"') at++;
    const text = character(at);
    pieces.push({ kind: 'text', text, quoted: false });
    return at + text.length;
  }
  let text = '';
  for (at++; at < format.length;) {
    if (format[at] === '"') {
      at++;
      break;
    }
    if (format[at] === '\\' && at + 1 < format.length) at++;
    text += character(at);
    at += character(at).length;
  }
  pieces.push({ kind: 'text', text, quoted: true });
  return at;
}
