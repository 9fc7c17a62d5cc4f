// The schemas of one registry that were asked for by id. An id never means another schema, so what was answered is kept; that there is
// none is not, for it may be registered a moment after its first record.

import { MillraceError } from '../../errors.ts';
import type { RegisteredSchema, RegistryClient } from './registry-client.ts';

export class SchemaCache {
  readonly client: RegistryClient;
  private readonly known = new Map<number, RegisteredSchema>();
  private readonly asked = new Map<number, Promise<void>>();
  /** Ids that the registry does not have, and when (ms) it said so. */
  private readonly missing = new Map<number, number>();
  private readonly now: () => number;

  constructor(client: RegistryClient, now: () => number = () => performance.now()) {
    this.client = client;
    this.now = now;
  }

  get(id: number): RegisteredSchema | undefined {
    return this.known.get(id);
  }

  /** Nothing has to be asked before a record with this id can be judged. */
  isSettled(id: number): boolean {
    if (this.known.has(id)) return true;
    const since = this.missing.get(id);
    return since !== undefined && this.now() - since < MISSING_MS;
  }

  /** Asks for it, once at a time. Rejects with what may pass. */
  settle(id: number): Promise<void> {
    let asking = this.asked.get(id);
    if (asking === undefined) {
      asking = this.ask(id).finally(() => this.asked.delete(id));
      this.asked.set(id, asking);
    }
    return asking;
  }

  private async ask(id: number): Promise<void> {
    try {
      this.known.set(id, await this.client.byId(id));
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'SCHEMA_NOT_FOUND') throw error;
      if (this.missing.size >= MAX_MISSING) this.missing.clear();
      this.missing.set(id, this.now());
    }
  }
}

/** Bytes that are no id at all must neither fill the memory nor ask the registry over and over. */
const MISSING_MS = 60_000;
const MAX_MISSING = 10_000;
