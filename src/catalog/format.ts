// How the values of records are read, as FORMAT … ENCODE … (…) of CREATE SOURCE said it.

import type { RowSchema } from '../data/types.ts';

export interface CsvStyle {
  /** One ASCII character each. */
  readonly delimiter: string;
  readonly quote: string;
  /** An unquoted field that reads so is NULL. */
  readonly nullText: string;
  /** The first line of each file names the columns. */
  readonly header: boolean;
}

export interface CsvFormat extends CsvStyle {
  readonly format: 'PLAIN';
  readonly encode: 'CSV';
}

export interface PlainFormat {
  readonly format: 'PLAIN';
  /** TEXT, BYTES: the whole value is the one column. */
  readonly encode: 'JSON' | 'TEXT' | 'BYTES';
}

export type RegistryEncoding = 'AVRO' | 'PROTOBUF' | 'FRAMED JSON';

/** Values that begin with the id of their schema in a registry. FRAMED JSON is checked by the columns, not by the schema. */
export interface RegistryFormat {
  readonly format: 'PLAIN';
  readonly encode: RegistryEncoding;
  /** null: the one that the installation allows. */
  readonly url: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Whose latest schema the columns are checked against, or taken from. */
  readonly subject: string;
  /** Protobuf: the message that records are, with its package; left out: whatever they say. */
  readonly message?: string;
  /**
   * That schema, by its id: how it reads what others wrote, its defaults, other names and numbers of fields. Left out: there was
   * none.
   */
  readonly reader?: number;
}

/** How the records of a table are read. */
export type TableFormat = {
  readonly format: 'UPSERT' | 'DEBEZIUM';
} & ({ readonly encode: 'JSON' } | RegistryTable);

/** Keys and values that begin with the ids of their schemas; `reader` and `subject` are of values. */
export interface RegistryTable extends Omit<RegistryFormat, 'format'> {
  readonly keySubject: string;
  readonly keyReader?: number;
}

/** What the registry said of a source before it was planned. */
export interface ReaderSchema {
  /** null: of a table, of whose values it has no schema yet. */
  readonly id: number | null;
  /** Of a source that declares none. */
  readonly columns: RowSchema | null;
  /** Of a table: the schema of its keys. */
  readonly keyId?: number;
}

export type SourceFormat = PlainFormat | CsvFormat | RegistryFormat;
