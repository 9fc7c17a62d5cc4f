// The cells of the metamorphic table: how a query file may be run, with nothing to be seen of it in the answer.

export interface Cell {
  readonly batch: 'one row' | 'default';
  readonly tasks: 1 | 2;
  readonly optimize: boolean;
  readonly kills: 0 | 5;
}

export const CELLS: readonly Cell[] = [false, true].flatMap((optimize) =>
  ([1, 2] as const).flatMap((tasks) =>
    (['one row', 'default'] as const).flatMap((batch) =>
      ([0, 5] as const).map((kills) => ({ batch, tasks, optimize, kills })),
    ),
  ),
);

export function cellName({ batch, tasks, optimize, kills }: Cell): string {
  const parts = [`batches of ${batch}`, `${tasks} tasks`, optimize ? 'optimized' : 'plain', `${kills} kills`];
  return parts.join(', ');
}

export interface Run {
  readonly file: string;
  readonly cell: Cell;
}

/** Every file in at least one cell and every cell with at least one file: cells are dealt to files by `seed`. */
export function sample(files: readonly string[], seed: number): readonly Run[] {
  const runs = Math.max(files.length, CELLS.length);
  return Array.from({ length: runs }, (_, i) => ({
    file: files[i % files.length]!,
    // An odd stride meets all sixteen.
    cell: CELLS[(i * 5 + seed) % CELLS.length]!,
  }));
}

export function everything(files: readonly string[]): readonly Run[] {
  return files.flatMap((file) => CELLS.map((cell) => ({ file, cell })));
}
