// Files know by id what they have made; when two versions change places, or one goes, they mean the one that is left.

import type { Catalog } from '../../catalog/catalog.ts';
import type { Connection } from '../../postgres/connection.ts';
import { otherVersion } from './pairs.ts';

export async function moveDeployments(
  connection: Connection,
  replacement: number,
  catalog: Catalog,
  direction: 'to hidden' | 'to shown',
): Promise<void> {
  const left = catalog
    .versions(replacement)
    .filter(({ id }) => catalog.version(id)!.hidden === (direction === 'to shown'));
  const moved = left.flatMap((definition) => {
    const other = otherVersion(definition, catalog);
    // What is hidden goes; what is only shown stays where it was, for an undo of the undo.
    if (other === undefined && direction === 'to hidden') return [];
    return [[definition.id, other?.id ?? null] as const];
  });
  await connection.query(
    `UPDATE millrace.deployments d SET objects = coalesce((
         SELECT array_agg(coalesce(m.new, o.id) ORDER BY o.n)
           FROM unnest(d.objects) WITH ORDINALITY AS o(id, n)
           LEFT JOIN unnest($1::text[], $2::text[]) AS m(old, new) ON m.old = o.id
          WHERE m.old IS NULL OR m.new IS NOT NULL), '{}')
      WHERE d.objects && $1::text[]`,
    [moved.map(([from]) => from), moved.map(([, to]) => to)],
  );
}

export interface DeployedFile {
  readonly file: string;
  readonly sha256: string;
}

/** In the transaction that makes what the file says. */
export async function recordDeployment(
  connection: Connection,
  { file, sha256 }: DeployedFile,
  objects: readonly string[],
): Promise<void> {
  await connection.query(
    `INSERT INTO millrace.deployments (file, sha256, objects) VALUES ($1, $2, $3)
     ON CONFLICT (file) DO UPDATE SET sha256 = $2, objects = $3, deployed_at = now()`,
    [file, sha256, objects],
  );
}
