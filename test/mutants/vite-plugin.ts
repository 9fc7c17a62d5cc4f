// Plants a mutant into what Vitest loads, for those that a suite is to catch: `MUTANT=12 vitest run test/task/lateness.test.ts`.

import type { Plugin } from 'vitest/config';
import { MUTANTS } from './mutants.ts';
import { isOf, planted } from './plant.ts';

export function plantedMutant(number: string | undefined): Plugin[] {
  if (number === undefined) return [];
  const mutant = MUTANTS[Number(number)];
  if (mutant === undefined) throw new Error(`there is no mutant ${number}`);
  return [
    {
      name: 'planted mutant',
      enforce: 'pre',
      transform: (code, id) => {
        const [path] = id.split('?');
        if (!isOf(mutant, path!)) return undefined;
        console.log(`planted: ${mutant.name}`);
        return { code: planted(mutant, code), map: null };
      },
    },
  ];
}
