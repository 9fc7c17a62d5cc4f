// The last line of a test run, for people and for the build: `Tests: N passed, N failed`.

import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export default class ClosingLine implements Reporter {
  /** Written when the process ends, because the runner still has things to say after the run. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = countTests(modules, unhandled.length);
    process.once('exit', (code) => process.stdout.write(`${closingLine(counts, code)}\n`));
  }
}

/** A run that fails without a failed test (its setup, its teardown) is not reported as "0 failed". */
export function closingLine({ passed, failed, skipped }: Counts, exitCode: number): string {
  const text = `Tests: ${passed} passed, ${failed === 0 && exitCode !== 0 ? 1 : failed} failed`;
  return skipped === 0 ? text : `${text}, ${skipped} skipped`;
}

/** A file that cannot be loaded, a failing hook and a stray rejection are failures too, though no test carries them. */
function countTests(modules: readonly TestModule[], unhandledErrors: number): Counts {
  let [passed, failed, skipped] = [0, unhandledErrors, 0];
  for (const module of modules) {
    let failedInModule = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed++;
      else if (state === 'failed') failedInModule++;
      else skipped++;
    }
    if (failedInModule === 0 && module.state() === 'failed') failedInModule = 1;
    failed += failedInModule;
  }
  return { passed, failed, skipped };
}
