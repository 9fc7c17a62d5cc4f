// A transaction as a function call: it commits when the function returns, rolls back when it throws, and is never left
// open. Postgres answers COMMIT of a failed transaction with ROLLBACK and no error, so the command tag is checked.

import { MillraceError } from '../errors.ts';
import type { Connection } from './connection.ts';

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}

export async function transaction<T>(
  connection: Connection,
  run: (connection: Connection) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const isolation = options.isolation ?? 'read committed';
  await connection.query(
    `BEGIN ISOLATION LEVEL ${isolation} ${options.readOnly === true ? 'READ ONLY' : ''}`,
  );
  let result: T;
  try {
    result = await run(connection);
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
  const { command } = await connection.query('COMMIT');
  if (command === 'COMMIT') return result;
  throw new MillraceError({
    code: 'TRANSACTION_ABORTED',
    message: 'the transaction was rolled back by Postgres, because one of its statements had failed',
    domain: 'internal',
  });
}

async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.query('ROLLBACK');
  } catch {
    connection.destroy();
  }
}
