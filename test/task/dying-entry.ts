// A host that dies as it is told: what a task cannot do on command.

import { parentPort, workerData } from 'node:worker_threads';

type Death = 'throws' | 'rejects' | 'exits' | 'runs out of memory' | 'lives';

const { setup } = workerData as { readonly setup: Death };
parentPort?.on('message', () => die(setup));
parentPort?.postMessage({ kind: 'moved' });

function die(how: Death): void {
  switch (how) {
    case 'throws':
      throw new Error('nobody has foreseen this');
    case 'rejects':
      void Promise.reject(new Error('nobody waits for this'));
      return;
    case 'exits':
      process.exit(3);
      return;
    case 'runs out of memory': {
      const kept: object[] = [];
      for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
    }
    case 'lives':
  }
}
