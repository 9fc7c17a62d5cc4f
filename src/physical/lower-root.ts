// Where a plan ends. A view gets its natural key: the stream key of what it shows, whose columns are visible or follow, hidden.

import type { Field, RowSchema } from '../data/types.ts';
import type { LogicalRoot } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

export function lowerRoot(context: Lowering, root: LogicalRoot): void {
  const input = context.lower(root.input, root.keyed);
  const shared = {
    input: input.node.id,
    schema: uniqueNames(input, root.columns),
    appendOnly: input.node.appendOnly,
    watermarkColumns: watermarkColumns(input.columns),
    visible: input.visible,
  };
  if (root.kind === 'sink') {
    context.builder.add({
      ...shared,
      kind: 'sink' as const,
      sinkId: root.id,
      sinkName: root.name,
      key: root.keyed ? requireKey(root, input) : null,
      streamKey: input.key ?? [],
      label: `SINK ${root.name}`,
    });
    return;
  }
  const key = requireKey(root, input);
  context.views.set(root.id, input);
  context.builder.add({
    ...shared,
    kind: 'materialize' as const,
    viewId: root.id,
    viewName: root.name,
    key,
    streamKey: key,
    label: `VIEW ${root.name}`,
  });
}

function requireKey(root: LogicalRoot, { key }: Lowered): readonly number[] {
  if (key === null) throw new Error(`${root.name} has no key`);
  return key;
}

/** Visible names are the user's and unique; a hidden column that happens to be called the same gives way. */
function uniqueNames(input: Lowered, visible: readonly string[]): RowSchema {
  const taken = new Set<string>();
  return input.columns.map(({ name, type, nullable }, i): Field => {
    let own = visible[i] ?? name;
    for (let n = 2; i >= input.visible && taken.has(own); n++) own = `${name}_${n}`;
    taken.add(own);
    return { name: own, type, nullable };
  });
}
