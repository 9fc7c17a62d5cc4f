// Names of the tables of segment bodies: one per pipeline and fold.

import { quoteQualified, safeInteger } from '../postgres/values.ts';

export const BODY_SCHEMA = 'millrace_state';

export function bodyTable(pipelineId: number, fold: number): string {
  return quoteQualified(BODY_SCHEMA, `${bodyTablePrefix(pipelineId)}${safeInteger(fold)}`);
}

export function bodyTablePrefix(pipelineId: number): string {
  return `segments_${safeInteger(pipelineId)}_`;
}
