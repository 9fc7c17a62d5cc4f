// What an operation may cost before anything is read: rows asked for times fields per row, fragments followed. Aliases count
// like fields, so that asking a hundred times in one document costs a hundred times.

import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode, FieldNode } from 'graphql';
import { Kind } from 'graphql';
import type { MillraceError } from '../errors.ts';
import type { Limits } from './limits.ts';
import { limitExceeded } from './limits.ts';

/** A statement and its answer, beside its fields. */
const ROOT_COST = 20;

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** For documents that are valid already. Returns the error, or null. */
export function checkComplexity(
  document: DocumentNode,
  variables: Variables,
  limits: Limits,
): MillraceError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const sizes = new Map<string, number>();

  const sizeOf = (set: SelectionSetNode | undefined): number => {
    let size = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) size += 1 + sizeOf(selection.selectionSet);
      else if (selection.kind === Kind.INLINE_FRAGMENT) size += sizeOf(selection.selectionSet);
      else size += fragmentSize(selection.name.value);
    }
    return size;
  };
  const fragmentSize = (name: string): number => {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    const size = sizeOf(fragments.get(name)?.selectionSet);
    sizes.set(name, size);
    return size;
  };
  const rootCost = (set: SelectionSetNode): number => {
    let cost = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD)
        cost += ROOT_COST + rowsOf(selection, variables, limits) * sizeOf(selection.selectionSet);
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += rootCost(selection.selectionSet);
      else cost += fragmentCost(selection.name.value);
    }
    return cost;
  };
  // Remembered, because fragments that spread each other twice would be counted exponentially often.
  const costs = new Map<string, number>();
  const fragmentCost = (name: string): number => {
    const known = costs.get(name);
    if (known !== undefined) return known;
    const cost = rootCost(fragments.get(name)!.selectionSet);
    costs.set(name, cost);
    return cost;
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const cost = rootCost(definition.selectionSet);
    if (cost > limits.complexity)
      return limitExceeded(
        `the operation costs ${cost}, and at most ${limits.complexity} is allowed`,
        'ask for fewer rows or fields at once; the cost is rows times fields',
      );
  }
  return null;
}

/** How many rows a root field may answer. Introspection is as large as the schema; it is counted by its fields only. */
function rowsOf(field: FieldNode, variables: Variables, limits: Limits): number {
  if (field.name.value.startsWith('__')) return 1;
  const limit = field.arguments?.find((argument) => argument.name.value === 'limit')?.value;
  if (limit?.kind === Kind.INT) return Math.max(1, Number(limit.value));
  if (limit?.kind === Kind.VARIABLE) {
    const value = variables?.[limit.name.value];
    return typeof value === 'number' ? Math.max(1, value) : limits.defaultPage;
  }
  return limits.defaultPage;
}
