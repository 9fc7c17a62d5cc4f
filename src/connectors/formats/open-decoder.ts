// The decoder of a source, by its format.

import type { IncludedColumn, IncludedField, SourceDef } from '../../catalog/definition.ts';
import type { CsvFormat } from '../../catalog/format.ts';
import { MillraceError } from '../../errors.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { SchemaLookup } from './avro-reader.ts';
import { AvroReader } from './avro-reader.ts';
import { FramedDecoder } from './framed-decoder.ts';
import { CsvReader } from './csv-reader.ts';
import { CheckedDecoder } from './checked-decoder.ts';
import { IncludedCheck } from './included-check.ts';
import { compileJsonDecoder } from './json-decoder.ts';
import type { DecoderOptions, RecordDecoder } from './record-decoder.ts';
import { excerpt } from './rejection.ts';
import { ProtoReader } from './proto-reader.ts';
import { SchemaCheck } from './schema-check.ts';
import { SlotDecoder, slotsFor } from './slot-decoder.ts';
import { TextReader } from './text-reader.ts';

/**
 * `projected`: the declared columns that are wanted, `used` the included ones. `schemas`: of a source whose records name theirs.
 */
export function openDecoder(
  source: SourceDef,
  projected: readonly number[],
  used: readonly string[],
  schemas: SchemaLookup,
): RecordDecoder {
  const isStrict = source.reading.validate === 'strict';
  return withIncludes(
    valueDecoder(source, projected, schemas),
    source.includes.filter(({ field }) => isStrict || used.includes(field)),
  );
}

/** `includes`: those whose records are to be checked. */
export function withIncludes(decoder: RecordDecoder, includes: readonly IncludedColumn[]): RecordDecoder {
  const nameOf = (wanted: IncludedField): string | null =>
    includes.find(({ field }) => field === wanted)?.name ?? null;
  const checked = { key: nameOf('key'), headers: nameOf('headers') };
  return checked.key === null && checked.headers === null
    ? decoder
    : new CheckedDecoder(decoder, new IncludedCheck(checked));
}

function valueDecoder(source: SourceDef, projected: readonly number[], schemas: SchemaLookup): RecordDecoder {
  const { format } = source;
  const options: DecoderOptions = {
    columns: source.columns.map(({ name, type, nullable }) => ({ name, type, notNull: !nullable })),
    projected,
    validate: source.reading.validate,
  };
  switch (format.encode) {
    case 'JSON':
      return compileJsonDecoder(options);
    case 'FRAMED JSON':
      return framedJson(new FramedDecoder(compileJsonDecoder(options)), options.validate, schemas);
    case 'AVRO': {
      const set = slotsFor(options);
      return new SlotDecoder(options, set, new AvroReader(set, schemas, format.reader ?? null));
    }
    case 'PROTOBUF': {
      const set = slotsFor(options);
      const expected = { readerId: format.reader ?? null, message: format.message ?? null };
      return new SlotDecoder(options, set, new ProtoReader(set, schemas, expected));
    }
    case 'CSV':
      return csvDecoder(format, options);
    case 'TEXT':
    case 'BYTES': {
      const set = slotsFor(options);
      return new SlotDecoder(options, set, new TextReader(set, format.encode === 'TEXT'));
    }
  }
}

/** Records that must be valid must follow their schema, too. */
function framedJson(
  decoder: RecordDecoder,
  validate: DecoderOptions['validate'],
  schemas: SchemaLookup,
): RecordDecoder {
  return validate === 'strict' ? new CheckedDecoder(decoder, new SchemaCheck(schemas)) : decoder;
}

export function csvDecoder(format: CsvFormat, options: DecoderOptions): RecordDecoder {
  const set = slotsFor(options);
  const reader = new CsvReader(format, set, options.columns.length);
  if (!format.header) return new SlotDecoder(options, set, reader);
  const wanted = options.columns.map(({ name }) => name);
  const isHeader = (records: RecordColumns, i: number): boolean => {
    if (records.offsets[i] !== 0) return false;
    const { buffer, valueStart, valueEnd } = records;
    const names = reader.names(buffer, valueStart[i]!, valueEnd[i]!);
    if (names === undefined || names.some((name, c) => name !== wanted[c]))
      throw wrongHeader(excerpt(buffer, valueStart[i]!, valueEnd[i]!), wanted);
    return true;
  };
  return new SlotDecoder(options, set, reader, isHeader);
}

/** Every value would be taken for one of another column. */
function wrongHeader(shown: string, wanted: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'BAD_FORMAT',
    message: `the header of the file is ${shown}; the columns of the source are ${wanted.join(', ')}`,
    hint: 'declare the columns in the order and by the names of the header',
  });
}
