// What the API needs of the engine, and nothing more: the catalog, and statements. What DROP, PAUSE and RESUME do is said in
// SQL, so that every door does the same.

import type { Catalog } from '../catalog/catalog.ts';

export interface StatementAnswer {
  readonly command: string;
  readonly names: readonly string[];
  readonly notices: readonly string[];
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
  readonly text: string | null;
  readonly understood: string | null;
}

export interface PipelineInfo {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** While it is bootstrapping; null otherwise. */
  readonly percent: number | null;
  readonly cause: unknown;
  readonly members: readonly { readonly name: string }[];
}

export interface PipelineControl {
  readonly catalog: Catalog;
  /** Called after every change of the catalog. */
  onCatalog(listener: (catalog: Catalog) => void): void;
  /** One answer per statement; all of the submission takes effect, or nothing. */
  submit(
    sql: string,
    options: { readonly requester: string; readonly dialect?: string | null | undefined },
  ): Promise<readonly StatementAnswer[]>;
  pipelines(): readonly PipelineInfo[];
}
