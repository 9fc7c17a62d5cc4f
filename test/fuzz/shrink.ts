// Makes a failing case smaller for as long as it fails in the same way: calmer runs, shorter queries, fewer records, fewer columns.

import type { Judge } from './judge.ts';
import type { Logs, MemoryRecord } from '../task/memory-input.ts';
import type { Case, Script } from './script.ts';
import { scriptOf } from './script.ts';
import type { Tree } from './tree.ts';
import { render, smaller } from './tree.ts';
import type { Verdict } from './verdict.ts';
import { judge } from './verdict.ts';

export type Wrong = Extract<Verdict, { kind: 'wrong' }>;

export interface Failure {
  readonly script: Script;
  readonly wrong: Wrong;
}

export async function shrink(failing: Case, wrong: Wrong, judged: Judge, withinMs: number): Promise<Failure> {
  const deadline = performance.now() + withinMs;
  let found: Failure = { script: scriptOf(failing), wrong };
  let { under, query } = failing.trees;
  const still = async (script: Script): Promise<boolean> => {
    if (performance.now() > deadline) return false;
    const verdict = await judge(script, judged);
    if (verdict.kind !== 'wrong' || verdict.way !== wrong.way) return false;
    found = { script, wrong: verdict };
    return true;
  };
  for (let before = ''; before !== JSON.stringify(found.script) && performance.now() < deadline;) {
    before = JSON.stringify(found.script);
    for (const script of calmer(found.script)) await still({ ...found.script, ...script });
    if (under !== null && (await still(without(found.script, 'under')))) under = null;
    if (under !== null)
      under = await shrinkQuery(under, (less) => still({ ...found.script, under: render(less) }));
    query = await shrinkQuery(query, (less) => still({ ...found.script, query: render(less) }));
    await shrinkRecords(() => found.script, still);
    await shrinkColumns(() => found.script, still);
  }
  return found;
}

function* calmer(script: Script): Generator<Partial<Script>> {
  if (script.crash > 0) yield { crash: 0 };
  if (script.otherTasks !== script.tasks) yield { otherTasks: script.tasks };
  if (script.tasks > 1) yield { tasks: 1, otherTasks: 1 };
  if (script.tasks > 2) yield { tasks: 2, otherTasks: 2 };
  if (!script.optimize) yield { optimize: true };
  if (script.maxChunk < 1000) yield { maxChunk: 1000 };
  if (script.maxEpochBytes < 100_000) yield { maxEpochBytes: 100_000 };
}

async function shrinkQuery(tree: Tree, still: (tree: Tree) => Promise<boolean>): Promise<Tree> {
  let current = tree;
  for (let found = true; found;) {
    found = false;
    const tried = new Set([render(current)]);
    for (const less of smaller(current)) {
      const text = render(less);
      if (tried.has(text)) continue;
      tried.add(text);
      if (!(await still(less))) continue;
      current = less;
      found = true;
      break;
    }
  }
  return current;
}

type Still = (script: Script) => Promise<boolean>;

/** Leaves out runs of records, shorter and shorter ones (delta debugging, A. Zeller and R. Hildebrandt, 2002). */
async function shrinkRecords(script: () => Script, still: Still): Promise<void> {
  const total = script().logs.flat(2).length;
  for (let size = Math.ceil(total / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < script().logs.flat(2).length;) {
      const records = script().logs.flat(2).length;
      await still({ ...script(), logs: leaveOut(script().logs, from, from + size) });
      if (script().logs.flat(2).length === records) from += size;
    }
}

function leaveOut(logs: readonly Logs[], from: number, to: number): readonly Logs[] {
  let at = 0;
  return logs.map((source) => source.map((log) => log.filter(() => at++ < from || at > to)));
}

const COLUMN = /(\w+) [A-Z][A-Z ]*(?:\(10,2\))?(?: NOT NULL)?, /g;

async function shrinkColumns(script: () => Script, still: Still): Promise<void> {
  for (const [s, source] of script().sources.entries())
    for (const [column, name] of source.matchAll(COLUMN)) {
      if (name === 'SOURCE' || name === 'TABLE') continue;
      const sources = script().sources.with(s, script().sources[s]!.replace(column, ''));
      const logs = script().logs.with(
        s,
        script().logs[s]!.map((log) => log.map((record) => withoutField(record, name!))),
      );
      await still({ ...script(), sources, logs });
    }
}

function withoutField(record: MemoryRecord, name: string): MemoryRecord {
  if (typeof record === 'string') return textWithout(record, name);
  return { ...record, value: record.value === null ? null : textWithout(record.value, name) };
}

function textWithout(text: string, name: string): string {
  return JSON.stringify(without(JSON.parse(text) as Record<string, unknown>, name));
}

function without<T extends object>(object: T, name: string): T {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name)) as T;
}
