// The scan of a source with one integer column, without a watermark.

import type { ScanNode } from '../../src/physical/graph.ts';

export const scan: ScanNode = {
  kind: 'scan',
  id: 0,
  schema: [{ name: 'n', type: { kind: 'integer' }, nullable: true }],
  streamKey: [],
  appendOnly: true,
  watermarkColumns: [],
  label: '',
  sourceId: 'source:1',
  sourceName: 's',
  columns: [0],
  system: [],
  watermark: null,
};
