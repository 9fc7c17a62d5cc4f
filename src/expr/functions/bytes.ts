// bytea: functions over bytes.

import * as patterns from '../runtime/byte-patterns.ts';
import * as checksums from '../runtime/checksums.ts';
import * as encoding from '../runtime/encoding.ts';
import * as strings from '../runtime/strings.ts';
import * as text from '../runtime/text.ts';
import type { ScalarFunction } from './function.ts';
import { calls, inline, mayFail, strict } from './function.ts';

const ZERO_SET = 'bytea,bytea';

export const BYTES: readonly ScalarFunction[] = [
  calls('||(bytea,bytea) bytea', text.concatenate),
  inline('length(bytea) integer', (_bytes, start, end) => `${end!} - ${start!}`),
  inline('octet_length(bytea) integer', (_bytes, start, end) => `${end!} - ${start!}`),
  inline('bit_length(bytea) integer', (_bytes, start, end) => `(${end!} - ${start!}) * 8`),
  calls('substring(bytea,integer) bytea', encoding.bytesFrom),
  mayFail('substring(bytea,integer,integer) bytea', encoding.bytesFor),
  calls('substr(bytea,integer) bytea', encoding.bytesFrom),
  mayFail('substr(bytea,integer,integer) bytea', encoding.bytesFor),
  calls('position(bytea,bytea) integer', encoding.bytePosition),
  calls(`btrim(${ZERO_SET}) bytea`, encoding.trimBytes),
  calls(`ltrim(${ZERO_SET}) bytea`, encoding.trimBytesLeft),
  calls(`rtrim(${ZERO_SET}) bytea`, encoding.trimBytesRight),
  calls('reverse(bytea) bytea', encoding.reverseBytes),
  mayFail('~~(bytea,bytea) boolean', patterns.likeBytes),
  strict('!~~(bytea,bytea) boolean', true, (code, args) => {
    const parts = args.flatMap((arg) => arg.parts);
    return `!${code.use(patterns.likeBytes)}(${parts.join(', ')})`;
  }),
  mayFail('like_escape(bytea,bytea) bytea', patterns.escapeBytes),
  mayFail('overlay(bytea,bytea,integer) bytea', encoding.overlayBytes),
  mayFail('overlay(bytea,bytea,integer,integer) bytea', encoding.overlayBytes),
  mayFail('encode(bytea,text) text', encoding.encode),
  mayFail('decode(text,text) bytea', encoding.decode),
  mayFail('convert_from(bytea,text) text', encoding.fromUtf8),
  mayFail('convert_to(text,text) bytea', encoding.toUtf8),
  mayFail('get_byte(bytea,integer) integer', encoding.getByte),
  mayFail('set_byte(bytea,integer,integer) bytea', encoding.setByte),
  mayFail('get_bit(bytea,bigint) integer', encoding.getBit),
  mayFail('set_bit(bytea,bigint,integer) bytea', encoding.setBit),
  calls('bit_count(bytea) bigint', encoding.bitCount),
  calls('md5(bytea) text', strings.md5Text),
  calls('crc32(bytea) bigint', checksums.crc32),
  calls('crc32c(bytea) bigint', checksums.crc32c),
  calls('uuid_extract_version(uuid) smallint', checksums.uuidVersion, { nullResult: true }),
  calls('uuid_extract_timestamp(uuid) timestamptz', checksums.uuidTime, { nullResult: true }),
  ...['224', '256', '384', '512'].map((size) =>
    calls(`sha${size}(bytea) bytea`, strings.shaBytes(`sha${size}`)),
  ),
];
