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
  /** TEXT: the whole value is the one column. */
  readonly encode: 'JSON' | 'TEXT';
}

export type SourceFormat = PlainFormat | CsvFormat;
