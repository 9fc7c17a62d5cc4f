// Why a record is not a row: the codes that millrace.dead_letters shows. Between the functions of a decoder a reason is a small
// negative number, so that "where the value ends, or why not" is one integer and nothing is allocated.

export const REJECT_CODES = [
  'OK',
  'NOT_JSON',
  'INVALID_UTF8',
  'TOO_DEEP',
  'NULL_VALUE',
  'NOT_AN_OBJECT',
  'WRONG_TYPE',
  'OUT_OF_RANGE',
  'NUL_CHARACTER',
  'LONE_SURROGATE',
  'BAD_TIMESTAMP',
  'BAD_INTERVAL',
  'NOT_NULL',
  'NOT_CSV',
  'NOT_FRAMED',
  'UNKNOWN_SCHEMA',
  'NOT_AVRO',
  'NO_KEY',
  'BAD_KEY',
  'NOT_DEBEZIUM',
  'BAD_HEADERS',
  'NOT_PROTOBUF',
  'NOT_OF_SCHEMA',
] as const;

export type RejectCode = Exclude<(typeof REJECT_CODES)[number], 'OK'>;

export const OK = 0;
export const NOT_JSON = -1;
export const INVALID_UTF8 = -2;
export const TOO_DEEP = -3;
export const NULL_VALUE = -4;
export const NOT_AN_OBJECT = -5;
export const WRONG_TYPE = -6;
export const OUT_OF_RANGE = -7;
export const NUL_CHARACTER = -8;
export const LONE_SURROGATE = -9;
export const BAD_TIMESTAMP = -10;
export const BAD_INTERVAL = -11;
export const NOT_NULL = -12;
export const NOT_CSV = -13;
export const NOT_FRAMED = -14;
export const UNKNOWN_SCHEMA = -15;
export const NOT_AVRO = -16;
export const NO_KEY = -17;
export const BAD_KEY = -18;
export const NOT_DEBEZIUM = -19;
export const BAD_HEADERS = -20;
export const NOT_PROTOBUF = -21;

/** Told once per record that is not a row. `recordIndex` counts in the record columns that were decoded. */
export type Reject = (recordIndex: number, code: RejectCode, message: string) => void;

const SHOWN_BYTES = 60;
const decoder = new TextDecoder('utf-8', { fatal: false });

/** The bytes as a reader of an error message wants them: short, on one line. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const cut = end - start > SHOWN_BYTES;
  const text = decoder.decode(bytes.subarray(start, cut ? start + SHOWN_BYTES : end));

  return text.replace(/[\u0000-\u001f\u007f]/g, '\ufffd') + (cut ? '…' : '');
}

/** Bytes as text where they are, otherwise in hexadecimal. */
export function shownBytes(b: Uint8Array, s: number, e: number): string {
  const isText = b.subarray(s, e).every((c) => c >= 0x20 && c < 0x7f);
  return isText ? excerpt(b, s, e) : `0x${Buffer.from(b.subarray(s, Math.min(e, s + 30))).toString('hex')}`;
}

export const NO_VALUE = 'the record has no value (null), which FORMAT PLAIN does not allow';

export function notFramed(b: Uint8Array, s: number, e: number): string {
  return `the value does not begin with a zero byte and the id of a schema: ${shownBytes(b, s, Math.min(e, s + 16))}`;
}

/** What a whole document did wrong. */
export function documentMessage(code: RejectCode, bytes: Uint8Array, start: number, end: number): string {
  switch (code) {
    case 'NULL_VALUE':
      return NO_VALUE;
    case 'NO_KEY':
      return 'the record has no key, and the key says which row of the table it is about';
    case 'BAD_KEY':
      return `the key does not give the primary key: ${excerpt(bytes, start, end)}`;
    case 'NOT_DEBEZIUM':
      return `the value is not a change event of Debezium: ${excerpt(bytes, start, end)}`;
    case 'INVALID_UTF8':
      return 'the value is not valid UTF-8';
    case 'TOO_DEEP':
      return 'the document is nested too deeply';
    case 'NOT_AN_OBJECT':
      return `the value is not a JSON object: ${excerpt(bytes, start, end)}`;
    default:
      return end === start ? 'the value is empty' : `the value is not JSON: ${excerpt(bytes, start, end)}`;
  }
}

/** What one column could not take; `shown` is the offending JSON text. */
export function columnMessage(code: RejectCode, column: string, type: string, shown: string): string {
  switch (code) {
    case 'NOT_NULL':
      return `column "${column}" is NOT NULL, and the record has no value for it`;
    case 'OUT_OF_RANGE':
      return `column "${column}": ${shown} is out of range for type ${type}`;
    case 'NUL_CHARACTER':
      return `column "${column}": the text holds the character \\u0000, which Postgres cannot store`;
    case 'LONE_SURROGATE':
      return `column "${column}": the text holds half of a surrogate pair, which is no character`;
    case 'BAD_TIMESTAMP':
    case 'BAD_INTERVAL':
      return `column "${column}": ${shown} is not a valid ${type}`;
    default:
      return `column "${column}": ${shown} is not of type ${type}`;
  }
}
