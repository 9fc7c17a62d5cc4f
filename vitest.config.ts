import { defineConfig } from 'vitest/config';
import { plantedMutant } from './test/mutants/vite-plugin.ts';

const MUTANT = process.env['MUTANT'];

export default defineConfig({
  plugins: plantedMutant(MUTANT),
  // Node loads graphql's CommonJS build; Vite would load the other one beside it, and graphql refuses to be there twice.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // What has a mutant in it is for one run.
    fsModuleCache: MUTANT === undefined,
    include: ['test/**/*.test.ts'],
    // Minutes of kills: npm run test:chaos.
    exclude: process.env['MILLRACE_CHAOS'] === '1' ? [] : ['test/chaos/**'],
    globalSetup: ['test/setup/global.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/setup/closing-line.ts'],
  },
});
