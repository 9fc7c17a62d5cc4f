// The hot kernels are within what V8 optimises.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('kernels of the Nexmark queries are optimised', { timeout: 60_000 }, async () => {
  const script = new URL('optimised.ts', import.meta.url).pathname;
  const args = ['--allow-natives-syntax', '--disable-warning=ExperimentalWarning', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trim().split('\n')).toEqual(
    ['q1', 'q2', 'tumble', 'q1 with NULLs', 'q2 with NULLs', 'tumble with NULLs'].map(
      (name) => `${name}: optimised`,
    ),
  );
});
