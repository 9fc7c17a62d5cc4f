// OVER: window definitions and their frames.

import type { WindowDef } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type { Expression, Frame, FrameBound, NamedWindow, WindowName, WindowSpecification } from '../ast.ts';
import { defect } from '../fail.ts';
import { only, present } from './raw.ts';
import { expressions, identifierAt, optional, orderItems, type Reader } from './reader.ts';

const FIELDS = [
  'name',
  'refname',
  'partitionClause',
  'orderClause',
  'frameOptions',
  'startOffset',
  'endOffset',
  'location',
] as const;

/** PostgreSQL's bits of a frame, from its parse nodes. */
const BIT = {
  nonDefault: 0x1,
  rows: 0x4,
  groups: 0x8,
  startUnboundedPreceding: 0x20,
  startUnboundedFollowing: 0x80,
  endUnboundedFollowing: 0x100,
  startCurrentRow: 0x200,
  endCurrentRow: 0x400,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const;

/** OVER name, or OVER (…). */
export function convertOver(reader: Reader, raw: WindowDef): WindowName | WindowSpecification {
  const at = reader.piece.index(raw.location);
  if (raw.name === undefined) return specification(reader, raw, at);
  const name = identifierAt(reader.piece, at);
  return { kind: 'WindowName', name, span: name.span };
}

/** WINDOW name AS (…): the location is that of the name or of the bracket. */
export function convertNamedWindow(reader: Reader, raw: WindowDef): NamedWindow {
  const { piece } = reader;
  const located = piece.index(raw.location);
  const open = piece.openAfter(located);
  const definition = specification(reader, raw, open);
  const name = identifierAt(piece, open - 2);
  return { name, specification: definition, span: piece.at(open - 2, piece.match(open)) };
}

function specification(reader: Reader, raw: WindowDef, open: number): WindowSpecification {
  const { piece } = reader;
  const span = piece.at(open, piece.match(open));
  const node = only(raw, span, ...FIELDS);
  return {
    kind: 'WindowSpecification',
    base: node.refname === undefined ? undefined : identifierAt(piece, open + 1),
    partitionBy: expressions(reader, node.partitionClause),
    orderBy: orderItems(reader, node.orderClause),
    frame: frame(reader, node, span),
    span,
  };
}

function frame(reader: Reader, node: WindowDef, span: TextSpan): Frame | undefined {
  const options = node.frameOptions ?? 0;
  const has = (bit: keyof typeof BIT): boolean => (options & BIT[bit]) !== 0;
  if (!has('nonDefault')) return undefined;
  const start = optional(reader, node.startOffset);
  const end = optional(reader, node.endOffset);
  return {
    mode: has('rows') ? 'rows' : has('groups') ? 'groups' : 'range',
    start: has('startUnboundedPreceding')
      ? { kind: 'unbounded preceding' }
      : has('startUnboundedFollowing')
        ? { kind: 'unbounded following' }
        : bound(has('startCurrentRow'), has('startPreceding'), has('startFollowing'), start, span),
    end: has('endUnboundedFollowing')
      ? { kind: 'unbounded following' }
      : bound(has('endCurrentRow'), has('endPreceding'), has('endFollowing'), end, span),
    exclude: has('excludeCurrentRow')
      ? 'current row'
      : has('excludeGroup')
        ? 'group'
        : has('excludeTies')
          ? 'ties'
          : 'none',
  };
}

function bound(
  currentRow: boolean,
  preceding: boolean,
  following: boolean,
  offset: Expression | undefined,
  span: TextSpan,
): FrameBound {
  if (currentRow) return { kind: 'current row' };
  if (!preceding && !following) throw defect('a frame without a bound', span);
  return { kind: preceding ? 'preceding' : 'following', offset: present(offset, 'frame offset', span) };
}
