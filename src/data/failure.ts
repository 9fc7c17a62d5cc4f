// An expression that fails for a row: carries Postgres' SQLSTATE and message to the generated loop's catch.
// The frequent ones exist once, so that a failing row costs no stack trace.

export class RowFailure extends Error {
  readonly sqlstate: string;

  constructor(sqlstate: string, message: string) {
    super(message);
    this.name = 'RowFailure';
    this.sqlstate = sqlstate;
  }
}

function once(sqlstate: string, message: string): () => never {
  const failure = new RowFailure(sqlstate, message);
  return () => {
    throw failure;
  };
}

export const divisionByZero = once('22012', 'division by zero');
export const smallintOutOfRange = once('22003', 'smallint out of range');
export const integerOutOfRange = once('22003', 'integer out of range');
export const bigintOutOfRange = once('22003', 'bigint out of range');
export const doubleOverflow = once('22003', 'value out of range: overflow');
export const doubleUnderflow = once('22003', 'value out of range: underflow');
export const timestampOutOfRange = once('22008', 'timestamp out of range');
export const dateOutOfRange = once('22008', 'date out of range');
export const intervalOutOfRange = once('22008', 'interval out of range');

export function fail(sqlstate: string, message: string): never {
  throw new RowFailure(sqlstate, message);
}
