// A request as a value: which version of which API, its body, and how to read the answer. `cluster.ts` sends them.
export interface ProtocolRequest<T> {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  /** Flexible versions have tagged fields in the headers of request and response too. */
  readonly flexible: boolean;
  readonly body: Uint8Array;
  readonly decode: (payload: Uint8Array) => T;
  /** How long the broker may take beyond the usual (a fetch waits on purpose). */
  readonly waitMs: number;
}

export const API_FETCH = 1;
export const API_LIST_OFFSETS = 2;
export const API_METADATA = 3;
