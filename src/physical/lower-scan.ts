// A scan decodes the declared columns that are used, then adds the record's own coordinates where they are used: as INCLUDE
// columns of the source, or as the identity of a row.

import { BIGINT, INTEGER } from '../data/types.ts';
import { displayName } from '../catalog/definition.ts';
import { printExpr } from '../expr/print.ts';
import { replaceColumns } from '../expr/columns.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalColumn, LogicalScan } from '../logical/node.ts';
import type { ScanNode, ScanSystemColumn } from './graph.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

const PARTITION: LogicalColumn = { name: '_partition', type: INTEGER, nullable: false, time: null };
const OFFSET: LogicalColumn = { name: '_offset', type: BIGINT, nullable: false, time: null };

export function lowerScan(context: Lowering, scan: LogicalScan, keyed: boolean): Lowered {
  const declared = scan.source.columns.length;
  const columns = [...scan.columns];
  const system: ScanSystemColumn[] = scan.reads
    .filter((index) => index >= declared)
    .map((index) => scan.source.includes[index - declared]!.field);
  const decoded = scan.reads.filter((index) => index < declared);
  const identified = context.identified.has(scan.source.id);
  if (identified) {
    system.push('partition', 'offset');
    columns.push(PARTITION, OFFSET);
  }
  const key = identified ? [columns.length - 2, columns.length - 1] : null;
  const node = context.builder.add({
    kind: 'scan' as const,
    sourceId: scan.source.id,
    sourceName: displayName(scan.source),
    columns: decoded,
    system,
    watermark: boundWatermark(scan),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: true,
    watermarkColumns: watermarkColumns(columns),
    label: scanLabel(scan),
  });
  const name = `${scan.source.schema}.${scan.source.name}`;
  return {
    node,
    columns,
    visible: scan.columns.length,
    key: keyed ? key : null,
    origin: { text: `scan ${name}`, columns: columns.map((column) => originOf(name, column)) },
  };
}

function originOf(source: string, column: LogicalColumn): string {
  return `${source}.${JSON.stringify(column.name)} ${JSON.stringify(column.type)}`;
}

/** The watermark over what is read instead of over the source's row. */
function boundWatermark(scan: LogicalScan): ScanNode['watermark'] {
  if (scan.watermark === null) return null;
  const { column, expr } = scan.watermark;
  const at = (index: number): number => scan.reads.indexOf(index);
  return {
    timeColumn: at(column),
    expr: replaceColumns(expr, (index, old) => ({ ...old, index: at(index) }) as BoundExpr),
  };
}

function scanLabel(scan: LogicalScan): string {
  const from = `FROM ${displayName(scan.source)}`;
  return scan.watermark === null ? from : `${from} WATERMARK ${printExpr(scan.watermark.expr)}`;
}
