// Files of continuous SQL: one file is one submission. A file that changed replaces what it had made, one that is gone is reported and left alone, because dropping a view is never a side effect of a missing file.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../catalog/definition.ts';
import { displayName } from '../catalog/definition.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Answer } from './answer.ts';
import type { Engine, SubmitOptions } from './engine.ts';
import { otherVersion } from './replacing/pairs.ts';

export interface Deployment {
  readonly file: string;
  /** replacing: what it made goes on being served until the new versions have caught up. */
  readonly outcome: 'deployed' | 'replaced' | 'replacing' | 'unchanged' | 'removed' | 'failed';
  readonly names: readonly string[];
  readonly answers: readonly Answer[];
  /** A MillraceError where it failed. */
  readonly error: unknown;
}

export interface SqlFile {
  /** Path below the folder, with forward slashes. */
  readonly name: string;
  readonly text: string;
}

/** A folder with a file of this name is deployed only when it is asked for by itself. */
const OPTIONAL = '.optional';

/** The `.sql` files of a folder and the folders below it, but for optional ones, in the order of their names. */
export async function readSqlFiles(folder: string): Promise<readonly SqlFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const optional = entries.flatMap(({ name, parentPath }) =>
    name === OPTIONAL && relative(folder, parentPath) !== '' ? [parentPath] : [],
  );
  const isOptional = (path: string): boolean =>
    optional.some((below) => path === below || path.startsWith(below + sep));
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql') && !isOptional(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      name: relative(folder, path).replaceAll('\\', '/'),
      text: await readFile(path, 'utf8'),
    })),
  );
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Digests of the texts that are deployed. */
export async function deployedTexts(pool: Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ sha256: string }>('SELECT sha256 FROM millrace.deployments');
  return new Set(rows.map((row) => row.sha256));
}

/** Who asks for it, as in a submission. */
export type Deployer = Pick<SubmitOptions, 'requester' | 'isRole' | 'dialect'>;

interface Known {
  readonly file: string;
  readonly sha256: string;
  readonly objects: readonly string[];
}

/** Brings the catalog in line with `files`; one that fails does not keep the others from being deployed. */
export async function deployFiles(
  pool: Pool,
  engine: Engine,
  files: readonly SqlFile[],
  requester: string,
): Promise<readonly Deployment[]> {
  const { rows } = await pool.query<Known>(
    'SELECT file, sha256, objects FROM millrace.deployments ORDER BY file',
  );
  const known = new Map(rows.map((row) => [row.file, row]));
  const done: Deployment[] = [];
  for (const file of files) {
    done.push(await deployOver(known.get(file.name), pool, engine, file, { requester }));
    known.delete(file.name);
  }
  for (const gone of known.values()) {
    // What came from other folders has its whole path for a name, and is not expected here.
    if (isAbsolute(gone.file)) continue;
    const names = gone.objects.flatMap((id) => engine.catalog.get(id) ?? []).map(displayName);
    done.push({ file: gone.file, outcome: 'removed', names, answers: [], error: null });
  }
  return done;
}

/** The same text again changes nothing; another one takes the place of what the file had made. */
export async function deployFile(
  pool: Pool,
  engine: Engine,
  file: SqlFile,
  by: Deployer,
): Promise<Deployment> {
  const { rows } = await pool.query<Known>(
    'SELECT file, sha256, objects FROM millrace.deployments WHERE file = $1',
    [file.name],
  );
  return deployOver(rows[0], pool, engine, file, by);
}

async function deployOver(
  before: Known | undefined,
  pool: Pool,
  engine: Engine,
  file: SqlFile,
  by: Deployer,
): Promise<Deployment> {
  const sha256 = digestOf(file.text);
  const live = (before?.objects ?? []).flatMap((id) => engine.catalog.get(id) ?? []);
  if (before?.sha256 !== sha256 || live.length !== before.objects.length)
    return deployOne(pool, engine, file, sha256, live, by);
  return {
    file: file.name,
    outcome: 'unchanged',
    names: live.map(displayName),
    answers: [],
    error: null,
  };
}

async function deployOne(
  pool: Pool,
  engine: Engine,
  file: SqlFile,
  sha256: string,
  replaced: readonly Definition[],
  by: Deployer,
): Promise<Deployment> {
  let answers: readonly Answer[];
  try {
    answers = await engine.submit(file.text, {
      ...by,
      name: basename(file.name, '.sql'),
      replacing: replaced.map((definition) => shownOf(definition, engine.catalog)?.id ?? definition.id),
      file: { file: file.name, sha256 },
    });
  } catch (error) {
    return { file: file.name, outcome: 'failed', names: replaced.map(displayName), answers: [], error };
  }
  const { rows } = await pool.query<{ objects: string[] }>(
    'SELECT objects FROM millrace.deployments WHERE file = $1',
    [file.name],
  );
  const made = (rows[0]?.objects ?? []).flatMap((id) => engine.catalog.get(id) ?? []);
  const isBuilding = made.some(({ id }) => engine.catalog.version(id)?.hidden === true);
  const outcome = isBuilding ? 'replacing' : replaced.length > 0 ? 'replaced' : 'deployed';
  return { file: file.name, outcome, names: made.map(displayName), answers, error: null };
}

/** The version that its name means. */
function shownOf(definition: Definition, catalog: Catalog): Definition | undefined {
  return catalog.version(definition.id)?.hidden === true ? otherVersion(definition, catalog) : definition;
}
