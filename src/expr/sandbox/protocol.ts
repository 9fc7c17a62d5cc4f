// How the sandbox and its guest speak: one call at a time through shared memory, so that who calls can wait without a promise, and
// give up without the help of who was called.

export interface ScriptDefinition {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly returns: string;
  readonly body: string;
}

export interface GuestData {
  readonly control: Int32Array;
  readonly bytes: Uint8Array;
}

/** Places in `control`. */
export const STATE = 0;
/** Number of the script that is called; DEFINE: the bytes are the definition of the next one. */
export const SCRIPT = 1;
export const LENGTH = 2;
export const CONTROL_LENGTH = 3;

export const DEFINE = -1;

export const STARTING = 0;
export const READY = 1;
export const ASKED = 2;

/** What arguments, or a result, come to at most, in bytes of JSON. */
export const MAX_BYTES = 1 << 20;

/** The first character of an answer. */
export const VALUE = 'v';
export const NULL = 'n';
export const FAILED = 'e';
/** Memory or stack ran out: what was there before may have had a part in it. */
export const EXHAUSTED = 'i';
/** The guest itself can do no more. */
export const BROKEN = 'x';
