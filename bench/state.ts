// State by its size, see state-times.ts: npm run bench:state [-- keys... | words of a name], by default 1000 100000 1000000.

import { CASES, measureState } from './state-times.ts';

function show(name: string, keys: number): void {
  const times = measureState(name, keys);
  const cells = [
    name.padEnd(36),
    String(keys).padStart(9),
    `${times.nanosecondsPerRow.toFixed(0)} ns/row`.padStart(11),
    `${(times.heldBytes / times.slots).toFixed(0)} B/slot`.padStart(10),
    `${times.longestMs.toFixed(0)} ms longest`.padStart(14),
    `${(times.storedBytes / 1e6).toFixed(1)} MB stored`.padStart(16),
    `${times.writeMs.toFixed(0)} ms to write`.padStart(15),
    `${times.readMs.toFixed(0)} ms to recover`.padStart(19),
  ];
  console.log(cells.join(' '));
}

const words = process.argv.slice(2).filter((word) => Number.isNaN(Number(word)));
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const keys of sizes.length === 0 ? [1000, 100_000, 1_000_000] : sizes)
  for (const name of Object.keys(CASES)) if (words.every((word) => name.includes(word))) show(name, keys);
