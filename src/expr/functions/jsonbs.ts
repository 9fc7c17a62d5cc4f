// jsonb: operators and functions.

import type { ScalarFunction } from './function.ts';

export const JSONBS: readonly ScalarFunction[] = [];
