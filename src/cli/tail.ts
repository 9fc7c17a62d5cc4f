// `millrace tail VIEW`: its rows as they are, then each change when it is committed, from the change log in the database.

import type { Config } from '../config.ts';
import { databaseUrlOf } from './ask.ts';

export async function tail(config: Config, view: string, json: boolean): Promise<number> {
  process.stdout.write(`${databaseUrlOf(config)} ${view} ${json}\n`);
  return 1;
}
