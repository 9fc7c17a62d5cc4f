// The service's log: one JSON object a line on standard error, for machines; what a person is meant to see goes to standard output.

import { pino } from 'pino';
import type { Config } from '../config.ts';

export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

export function openLog(level: Config['logLevel']): Log {
  const logger = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  return (at, message, fields) => logger[at](fields, message);
}
