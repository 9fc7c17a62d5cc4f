// How the values of records are read, as FORMAT … ENCODE … (…) of CREATE SOURCE said it.

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

/** Values that begin with the id of their schema in a registry. FRAMED JSON is checked by the columns, not by the schema. */
export interface RegistryFormat {
  readonly format: 'PLAIN';
  readonly encode: 'AVRO' | 'FRAMED JSON';
  /** null: the one that the installation allows. */
  readonly url: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Whose latest schema the columns are checked against, or taken from. */
  readonly subject: string;
}

export type SourceFormat = PlainFormat | CsvFormat | RegistryFormat;
