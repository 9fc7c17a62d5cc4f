// What a view must hold: what Postgres says to its text, or, where Postgres does not have the words, what another view of the same
// pipeline holds, which spells it out (`x` and `x_spelled_out`) and has a verdict of its own.

import type { InputDef, KeptDef } from '../../src/catalog/definition.ts';
import { isKept } from '../../src/catalog/definition.ts';
import type { OracleSession } from '../../src/oracle/check-view.ts';
import { checkTable, checkView } from '../../src/oracle/check-view.ts';
import type { Comparison } from '../../src/oracle/compare.ts';
import { compareRelations } from '../../src/oracle/compare.ts';
import type { SourceHistory } from '../../src/oracle/source-rows.ts';
import type { Engine } from '../../src/pipeline/engine.ts';
import { quoteQualified } from '../../src/postgres/values.ts';

export interface Seen {
  readonly historyOf: (input: InputDef) => SourceHistory;
  readonly closedThrough: bigint | null;
}

export function spelledOut({ catalog }: Engine, { schema, name }: KeptDef): KeptDef | undefined {
  const found = catalog.find({ schema, name: `${name}_spelled_out` });
  return found !== undefined && isKept(found) ? found : undefined;
}

export async function verdictOn(
  session: OracleSession,
  engine: Engine,
  view: KeptDef,
  { historyOf, closedThrough }: Seen,
): Promise<Comparison> {
  if (view.kind === 'table') return checkTable(session, view, historyOf(view));
  const other = spelledOut(engine, view);
  if (other !== undefined) {
    const [shown, expected] = [view, other].map(({ schema, name }) => quoteQualified(schema, name));
    return compareRelations(session.connection, shown!, expected!, view.columns);
  }
  const history = (source: InputDef): Promise<SourceHistory> => Promise.resolve(historyOf(source));
  return checkView(session, { catalog: engine.catalog, view, history, closedThrough, now: 0n });
}
