// What a folder takes on disk.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK = 512;

/** Bytes of allocated blocks below `folder`. Files that vanish while it counts, as those of servers do, count as nothing. */
export async function diskUse(folder: string): Promise<number> {
  let bytes = 0;
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) bytes += await blocksOf(path);
    }
  }
  return bytes;
}

async function blocksOf(path: string): Promise<number> {
  try {
    const { blocks, nlink } = await lstat(path);
    return (blocks * BLOCK) / Math.max(1, nlink);
  } catch {
    return 0;
  }
}
