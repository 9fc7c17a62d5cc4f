// The identity of a state table: what its operator computes, down to the sources, and the version of the operator. It does not
// depend on node ids, on columns that others read or on how maps were fused, so state is found again after a restart,
// and after the pipeline was planned again with other statements beside it.

import { createHash } from 'node:crypto';

/** Rises when an operator's state changes its meaning; old state is then not taken over. */
export const OPERATOR_VERSIONS = {
  aggregate: 1,
  join: 1,
  'as-of': 1,
  temporal: 1,
  session: 1,
  'top-n': 1,
  normalize: 1,
  over: 1,
} as const;

export function fingerprintOf(kind: keyof typeof OPERATOR_VERSIONS, text: string): string {
  const hash = createHash('sha256').update(`${kind}/${OPERATOR_VERSIONS[kind]}\n${text}`).digest('hex');
  return `${kind}-${hash.slice(0, 32)}`;
}
