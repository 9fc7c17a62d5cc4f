// Mistakes in state: segments, snapshots, recovery, key groups, the bytes of it.

import type { Mutant } from './mutants.ts';

const KEEPER = 'task/state-keeper.ts';
const KEYED = 'state/keyed-table.ts';
const ROWS = 'state/row-table.ts';
const SEGMENT = 'state/segment.ts';

export const STATE: readonly Mutant[] = [
  {
    name: 'groups do not know after a restart that they are out',
    file: KEYED,
    from: 'this.slots.flags[slot] = LIVE | KNOWN;',
    to: 'this.slots.flags[slot] = LIVE;',
  },
  {
    name: 'a group that has gone comes back with a restart',
    file: KEYED,
    from: 'if (rows.goneRows > 0) {',
    to: 'if (rows.goneRows < 0) {',
  },
  {
    name: 'a row that has gone comes back with a restart',
    file: ROWS,
    from: 'this.loadRows(rows.goneKeys, rows.goneRows, () => 0);',
    to: '',
  },
  {
    name: 'an epoch does not write what has gone',
    file: 'state/epoch-changes.ts',
    from: '      gone: this.gone(),\n',
    to: '      gone: [],\n',
  },
  {
    name: 'weights of rows are lost with a restart',
    file: ROWS,
    from: 'return weights[i]!;',
    to: 'return Math.min(1, weights[i]!);',
    late: true,
  },
  {
    name: 'what an operator keeps of a row is lost with a restart',
    file: ROWS,
    from: 'for (let a = 1; a < rows.accumulators.length; a++)',
    to: 'for (let a = 2; a < rows.accumulators.length; a++)',
  },
  {
    name: 'chains weigh nothing',
    file: ROWS,
    from: 'chains.weights[entry] = chains.weights[entry]! + diff;',
    to: '',
  },
  {
    name: 'a row that is changed is not written',
    file: 'state/epoch-changes.ts',
    from: 'if ((this.slots.flags[slot]! & (LIVE | DIRTY)) === (LIVE | DIRTY)) rows[n++] = slot;',
    to: 'if ((this.slots.flags[slot]! & (LIVE | DIRTY | KNOWN)) === (LIVE | DIRTY)) rows[n++] = slot;',
  },
  {
    name: 'a key that goes is free before its epoch is over',
    file: 'state/epoch-changes.ts',
    from: 'this.removed.push(slot);',
    to: 'this.removed.push(slot);\n    this.slots.flags[slot] = 0;',
  },
  {
    name: 'a snapshot supersedes what comes after it',
    file: KEEPER,
    from: 'return [{ task: this.task, through: pass.since - 1, pieces: true }];',
    to: 'return [{ task: this.task, through: pass.since + 1, pieces: true }];',
  },
  {
    name: 'a snapshot leaves the deltas before it in the manifest',
    file: KEEPER,
    from: 'return { task: this.task, through: epoch };',
    to: 'return { task: this.task, through: 0 };',
  },
  {
    name: 'the last key group of a piece is not in it',
    file: 'state/epoch-changes.ts',
    from: 'for (let g = from; g < to; g++) {',
    to: 'for (let g = from; g < to - 1; g++) {',
  },
  {
    name: 'another number of tasks reads all that is stored',
    file: KEEPER,
    from: 'rescaled !== null && rescaled.spread.has(fingerprint) ? rescaled.groups : null',
    to: 'rescaled !== null && !rescaled.spread.has(fingerprint) ? rescaled.groups : null',
  },
  {
    name: 'rows of a segment do not lie by their key groups',
    file: SEGMENT,
    from: 'rows[at[g]!] = given[i]!;',
    to: 'rows[i] = given[i]!;',
  },
  {
    name: 'a pass leaves out a key group',
    file: 'task/snapshot-pass.ts',
    from: 'return { from, to: this.next };',
    to: 'return { from, to: Math.max(from + 1, this.next - 1) };',
    suite: 'task/state-keeper.test.ts',
  },
  {
    name: 'a task reads the state of its neighbour',
    file: 'state/key-groups.ts',
    from: 'from: Math.ceil((task * KEY_GROUPS) / tasks),',
    to: 'from: Math.floor((task * KEY_GROUPS) / (tasks + 1)),',
  },
  {
    name: 'large sums lose their sign in a segment',
    file: SEGMENT,
    from: '(isShort ? short : long).push(value);',
    to: '(isShort ? short : long).push(value < 0n ? -value : value);',
    late: true,
  },
  {
    name: 'flipped bits of a segment are not seen',
    file: SEGMENT,
    from: "if (crc !== crc32(bytes.subarray(8))) throw badFormat('the checksum of a segment does not match');",
    to: '',
    suite: 'task/state-keeper.test.ts',
  },
  {
    name: 'an entry that is taken out leaves a hole',
    file: 'state/key-index.ts',
    from: 'if (((p - home) & mask) >= ((p - hole) & mask)) {',
    to: 'if (false) {',
    suite: 'state/keyed-table.test.ts',
  },
  {
    name: 'a tree of rows does not keep its weights',
    file: 'state/key-order.ts',
    from: 'else this.index.adjust(root, slot, after - before);',
    to: '',
    suite: 'operators/top-n.test.ts',
  },
  {
    name: 'what other tasks wrote is left beside what is written now',
    file: KEEPER,
    from: 'this.mustFold = rescaled !== null;',
    to: '',
    late: true,
  },
  {
    name: 'state is read by the task of its number alone',
    file: 'task/rescale.ts',
    from: 'return (writer) => all.filter((task) => overlap(rangeOf(task, now), rangeOf(writer, before)));',
    to: 'return (writer) => all.filter((task) => task === Math.min(writer, now - 1));',
  },
];
