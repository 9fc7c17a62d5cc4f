// The API beside the engine, and the addresses that the banner shows.

import type { Config } from '../config.ts';
import type { Log } from './log.ts';
import type { OpenEngine } from './open-engine.ts';

export interface ServedApi {
  /** By name. */
  readonly addresses: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function serveApi(_config: Config, _open: OpenEngine, _log: Log): Promise<ServedApi> {
  return { addresses: {}, close: async () => {} };
}
