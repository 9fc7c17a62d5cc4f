// The imports of src: one direction, no cycles, one door per vendor library, no barrels, no file over 500 lines.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../src');

/** What a folder (or file at the top) may import besides itself. Everything may import data, errors and config. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  data: [],
  'errors.ts': [],
  'config.ts': [],
  postgres: [],
  expr: [],
  sql: [],
  catalog: ['postgres'],
  binder: ['sql', 'catalog', 'expr'],
  logical: ['binder', 'catalog', 'expr'],
  physical: ['logical', 'catalog', 'expr'],
  'plan.ts': ['sql', 'binder', 'logical', 'physical', 'catalog'],
  state: ['postgres'],
  operators: ['physical', 'expr', 'state'],
  views: ['catalog', 'postgres'],
  connectors: ['catalog', 'expr'],
  epoch: ['state', 'views', 'postgres'],
  // The ends of a task are views and sinks, so it knows their writers, and the write steps that they give.
  task: ['operators', 'physical', 'connectors', 'state', 'epoch', 'expr', 'views', 'postgres'],
  // The engine opens inputs and ends, and compiles graphs: it assembles what the others are.
  pipeline: [
    'plan.ts',
    'task',
    'epoch',
    'views',
    'catalog',
    'postgres',
    'connectors',
    'operators',
    'physical',
    'binder',
    'sql',
  ],
  // The judge shares nothing with the engine but the parser of the text.
  oracle: ['sql', 'catalog', 'connectors', 'postgres'],
  // Filters of subscriptions compare values as expressions do.
  api: ['pipeline', 'views', 'catalog', 'plan.ts', 'postgres', 'expr'],
  dev: ['postgres', 'connectors'],
};
const EVERYWHERE = ['data', 'errors.ts', 'config.ts'];
const TOP = ['cli', 'main.ts'];

const DOORS: Readonly<Record<string, readonly string[]>> = {
  pg: ['postgres'],
  kafkajs: ['connectors/kafka'],
  protobufjs: ['connectors/formats'],
  ajv: ['connectors/formats'],
  'ajv-formats': ['connectors/formats'],
  'quickjs-emscripten-core': ['expr/sandbox'],
  'libpg-query': ['sql'],
  'node-sql-parser': ['sql'],
  fastify: ['api'],
  mercurius: ['api'],
  graphql: ['api'],
};

interface Module {
  /** Below src. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

function readModules(): Module[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readModule(path, readFileSync(join(ROOT, path), 'utf8')));
}

function readModule(path: string, text: string): Module {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return { path, lines: text.split('\n').length - 1, imports: importedFiles.map(({ fileName }) => fileName) };
}

function target(module: Module, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(module.path), specifier));
}

function unitOf(path: string): string {
  return path.split('/')[0]!;
}

function violations(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.imports.flatMap((specifier) => {
      const from = unitOf(module.path);
      if (specifier.startsWith('.')) {
        const to = unitOf(target(module, specifier));
        const allowed = [from, ...EVERYWHERE, ...(MAY_IMPORT[from] ?? [])];
        return TOP.includes(from) || allowed.includes(to) ? [] : [`${module.path} imports ${to}`];
      }
      const door = Object.entries(DOORS).find(
        ([name]) => specifier === name || specifier.startsWith(`${name}/`),
      );
      if (door === undefined || door[1].some((folder) => module.path.startsWith(`${folder}/`))) return [];
      return [`${module.path} imports ${specifier}`];
    }),
  );
}

/** A cycle of modules, or null. */
function cycle(modules: readonly Module[]): readonly string[] | null {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    const module = byPath.get(path);
    if (module === undefined || done.has(path)) return null;
    for (const specifier of module.imports) {
      const found = specifier.startsWith('.') ? visit(target(module, specifier), [...way, path]) : null;
      if (found !== null) return found;
    }
    done.add(path);
    return null;
  };
  for (const { path } of modules) {
    const found = visit(path, []);
    if (found !== null) return found;
  }
  return null;
}

describe('the imports of src', () => {
  const modules = readModules();

  it('are read', () => {
    expect(modules.length).toBeGreaterThan(200);
    expect(modules.reduce((sum, module) => sum + module.imports.length, 0)).toBeGreaterThan(1000);
  });

  it('keep to the table and the doors', () => {
    expect(violations(modules)).toEqual([]);
  });

  it('are told by docs/architecture.md', () => {
    const text = readFileSync(join(ROOT, '../docs/architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z.]+)`\s*\| (.*?)\s*\|$/gm)];
    const told = rows.map(([, unit, cell]) => [unit, [...cell!.matchAll(/`(.*?)`/g)].map((name) => name[1])]);
    expect(Object.fromEntries(told)).toEqual(MAY_IMPORT);
  });

  it('go round in no circle', () => {
    expect(cycle(modules)).toBeNull();
  });

  it('are judged: planted violations and a planted circle are found', () => {
    const plant = (path: string, text: string): Module => readModule(path, text);
    expect(
      violations([plant('operators/bad.ts', "import { connect } from '../postgres/connection.ts';")]),
    ).toHaveLength(1);
    expect(violations([plant('views/bad.ts', "import pg from 'pg';")])).toHaveLength(1);
    expect(
      cycle([plant('data/a.ts', "import './b.ts';"), plant('data/b.ts', "export * from './a.ts';")]),
    ).not.toBeNull();
  });

  it('pass no barrel, and no file is longer than 500 lines', () => {
    expect(modules.filter(({ path }) => path.split('/').at(-1) === 'index.ts')).toEqual([]);
    expect(modules.filter(({ lines }) => lines > 500).map(({ path }) => path)).toEqual([]);
  });

  it('leave no folder without a README', () => {
    const folders = Object.keys(MAY_IMPORT).filter((unit) => !unit.endsWith('.ts'));
    const missing = [...folders, 'cli'].filter(
      (folder) => !readdirSync(join(ROOT, folder)).includes('README.md'),
    );
    expect(missing).toEqual([]);
  });
});
