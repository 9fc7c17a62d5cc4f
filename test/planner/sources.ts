// The catalog that planner tests bind against: the sources of the golden plans.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { planSubmission } from '../../src/plan.ts';

const SOURCES = join(import.meta.dirname, '../golden/sources.sql');

export function goldenCatalog(): Catalog {
  return planSubmission(readFileSync(SOURCES, 'utf8'), EMPTY_CATALOG).catalog;
}
