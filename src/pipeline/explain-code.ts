// EXPLAIN (CODE): the loops that were generated for the nodes of a plan.

import type { ExplainStatement } from '../plan.ts';
import { explainedPlan } from '../plan.ts';
import { compileGraph } from '../operators/compile.ts';
import { PassingExchange } from '../operators/exchange.ts';

export function explainCode(bound: ExplainStatement): string {
  const { graph } = explainedPlan(bound);
  const end = { push: () => undefined };
  const { code } = compileGraph(graph, {
    end: () => end,
    errors: { error: () => undefined },
    exchange: (node) => new PassingExchange(node),
    isFirst: true,
  });
  return graph.nodes
    .flatMap((node) => {
      const source = code.get(node.id);
      return source === undefined ? [] : [`-- ${node.kind} ${node.id}: ${node.label}`, source.trim(), ''];
    })
    .join('\n')
    .trimEnd();
}
