// jsonb_path_exists and its like, @? and @@. Without methods of times those that end in _tz are the same.

import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { readJson, writeJson } from '../../data/tree/json.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { readString } from '../runtime/arena.ts';
import { giveTree } from '../runtime/cells.ts';
import { parsePath } from '../runtime/json-path/parse.ts';
import { PathRun } from '../runtime/json-path/run.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

type Bytes = Uint8Array;
type Run = (run: PathRun, silent: boolean) => boolean | number;

const reader = new TreeReader();

/** Variables and silence may be left out. */
function overPath(name: string, resultKind: string, run: Run): ScalarFunction[] {
  const compute = (
    ...[b, s, e, pb, ps, pe, vb, vs, ve, silent = false]: [
      Bytes, number, number, Bytes, number, number, Bytes?, number?, number?, boolean?,
    ] // prettier-ignore
  ): boolean | number => {
    const document = readJson(reader.open(b, s, e));
    const variables = vb === undefined ? undefined : readJson(reader.open(vb, vs!, ve!));
    return run(new PathRun(parsePath(readString(pb, ps, pe)), document, variables, !silent), silent);
  };
  return ['', ',jsonb', ',jsonb,boolean'].map((rest) =>
    mayFail(`${name}(jsonb,text${rest}) ${resultKind}`, compute, { nullResult: true }),
  );
}

function quiet(operator: string, run: Run): ScalarFunction {
  const compute = (b: Bytes, s: number, e: number, pb: Bytes, ps: number, pe: number): boolean | number => {
    const document = readJson(reader.open(b, s, e));
    return run(new PathRun(parsePath(readString(pb, ps, pe)), document, undefined, false), true);
  };
  return mayFail(`${operator}(jsonb,text) boolean`, compute, { nullResult: true });
}

function exists(run: PathRun): boolean {
  const outcome = run.exists();
  result.isNull = outcome === 'error';
  return outcome === 'ok';
}

/** Of a path that gives one condition. */
function matches(run: PathRun, silent: boolean): boolean {
  const found = run.collect();
  const [value] = found;
  const isTruth = found.length === 1 && (typeof value === 'boolean' || value === null);
  if (!isTruth && !silent) fail('22038', 'single boolean result is expected');
  result.isNull = !isTruth || value === null;
  return value === true;
}

function give(json: JsonValue | undefined): number {
  const start = giveTree((w) => writeJson(w, json ?? null));
  result.isNull = json === undefined;
  return start;
}

export const JSON_PATHS: readonly ScalarFunction[] = ['', '_tz'].flatMap((zone) => [
  ...overPath(`jsonb_path_exists${zone}`, 'boolean', exists),
  ...overPath(`jsonb_path_match${zone}`, 'boolean', matches),
  ...overPath(`jsonb_path_query_array${zone}`, 'jsonb', (run) => give(run.collect())),
  ...overPath(`jsonb_path_query_first${zone}`, 'jsonb', (run) => give(run.collect()[0])),
]).concat(quiet('@?', exists), quiet('@@', matches)); // prettier-ignore
