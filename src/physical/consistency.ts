// What a reader of a pipeline may rely on: views of one pipeline change together; what is read of others is consistent with each
// of them alone.

import type { PhysicalGraph } from './graph.ts';

/** A sentence about it; null when all input comes from one place. */
export function consistencyNote(graph: PhysicalGraph): string | null {
  const follows = graph.nodes.filter((node) => node.kind === 'follow');
  const pipelines = new Set(follows.map((node) => node.pipelineId));
  const own = graph.nodes.some((node) => node.kind === 'scan');
  if (pipelines.size + (own ? 1 : 0) < 2) return null;
  const names = follows.map((node) => node.viewName).join(', ');
  return (
    `consistent with each input alone: ${names} ${follows.length === 1 ? 'is' : 'are'} of other pipelines, which commit at ` +
    'their own pace; submit them together to have all of them at one version'
  );
}
