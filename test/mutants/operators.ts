// Mistakes in joins, first rows, window functions, tables by key, set operations and the way rows take.

import type { Mutant } from './mutants.ts';

const JOIN = 'operators/join/join.ts';
const TOP_N = 'operators/top-n/top-n.ts';
const NORMALIZE = 'operators/normalize/normalize.ts';
const SET_OPERATION = 'logical/from-set-operation.ts';

export const OPERATORS: readonly Mutant[] = [
  {
    name: 'a left join keeps rows alone that found a partner',
    file: JOIN,
    from: 'if (had === after > 0) continue;',
    to: 'if (!had) continue;',
  },
  {
    name: 'a semi join keeps what has lost its partner',
    file: JOIN,
    from: 'if (had === after > 0) continue;',
    to: 'if (had) continue;',
  },
  {
    name: 'a join counts partners that take themselves back',
    file: JOIN,
    from: 'counts[slot] = before + diff;',
    to: 'counts[slot] = before + Math.abs(diff);',
    late: true,
  },
  {
    name: 'a join emits retractions as insertions',
    file: JOIN,
    from: 'const unit = diff > 0 ? 1 : -1;',
    to: 'const unit = 1;',
  },
  {
    name: 'a row that is there twice is joined once',
    file: JOIN,
    from: 'for (let n = Math.abs(diff); n > 0; n--) {',
    to: 'for (let n = Math.min(1, Math.abs(diff)); n > 0; n--) {',
  },
  {
    name: 'NULL is equal to NULL in a join',
    file: JOIN,
    from: 'const strict = keys.filter((_, i) => node.nullSafe[i] !== true);',
    to: 'const strict: number[] = [];',
  },
  {
    name: 'IS NOT DISTINCT FROM is taken for =',
    file: JOIN,
    from: 'keys.filter((_, i) => node.nullSafe[i] !== true)',
    to: 'keys.filter(() => true)',
    late: true,
  },
  {
    name: 'an outer join forgets rows whose key is NULL',
    file: JOIN,
    from: 'if (own.watch === null || own.watch.whenPaired) return;',
    to: 'if (own.watch === null || own.watch !== null) return;',
  },
  {
    name: 'what else ON says is not asked',
    file: JOIN,
    from: 'if (verdict !== null && (verdict.values[p] !== 1 || verdict.nulls?.[p] === 1)) continue;',
    to: '',
  },
  {
    name: 'what ON says is unknown of counts as said',
    file: JOIN,
    from: '(verdict.values[p] !== 1 || verdict.nulls?.[p] === 1)',
    to: '(verdict.values[p] !== 1 && verdict.nulls?.[p] !== 1)',
  },
  {
    name: 'a right join keeps the rows of its left side',
    file: JOIN,
    from: 'return isLeft ? null : unpaired;',
    to: 'return isLeft ? unpaired : null;',
  },
  {
    name: 'a full join loses rows of its right side that are alone',
    file: JOIN,
    from: "    case 'full':\n      return unpaired;",
    to: "    case 'full':\n      return isLeft ? unpaired : null;",
  },
  {
    name: 'an anti join gives rows with partners at their coming',
    file: JOIN,
    from: 'if (partners > 0 === whenPaired && !atEnd)',
    to: 'if ((partners > 0 === whenPaired || !whenPaired) && !atEnd)',
  },
  {
    name: 'top n gives one row too many',
    file: TOP_N,
    from: 'slot >= 0 && place < this.end;',
    to: 'slot >= 0 && place <= this.end;',
  },
  {
    name: 'top n does not take back what fell behind',
    file: TOP_N,
    from: 'for (let n = 0; slot >= 0 && n < changes; n++, slot = cursor.next()) this.put(slot, 0, out);',
    to: '',
  },
  {
    name: 'OFFSET does not take back what came before it',
    file: TOP_N,
    from: 'if (offset > 0) this.takeBackBefore(root, offset, changes, out);',
    to: '',
    late: true,
  },
  {
    name: 'top n does not take back a row that has left',
    file: TOP_N,
    from: 'this.results.add(slot, places[slot]!, -1, out);',
    to: '',
  },
  {
    name: 'top n does not know after a restart what is out',
    file: TOP_N,
    from: '    places[slot] = place;\n    this.table.touch(slot);',
    to: '    places[slot] = place;',
    late: true,
  },
  {
    name: 'top n forgets the last row that it needs',
    file: TOP_N,
    from: 'let slot = index.select(root, this.end, this.cursor); slot >= 0;',
    to: 'let slot = index.select(root, Math.max(0, this.end - 1), this.cursor); slot >= 0;',
  },
  {
    name: 'rank counts rows that tie',
    file: 'operators/over/ranking.ts',
    from: 'new Ranking((_place, first) => first + 1, true)',
    to: 'new Ranking((place) => place + 1, true)',
    suite: 'operators/over.test.ts',
  },
  {
    name: 'lag does not reach the rows behind a change',
    file: 'operators/over/neighbours.ts',
    from: 'return { from: from - far, to: to + far };',
    to: 'return { from, to };',
    late: true,
  },
  {
    name: 'a frame ends before its row',
    file: 'operators/over/frame.ts',
    from: 'Math.min(rows.total, place + end.offset + 1)',
    to: 'Math.min(rows.total, place + end.offset)',
    late: true,
  },
  {
    name: 'peers of a row are not in its frame',
    file: 'operators/over/frame.ts',
    from: "if (end.kind === 'peers') return rows.peersEnd(place);",
    to: "if (end.kind === 'peers') return place + 1;",
    late: true,
  },
  {
    name: 'a window function does not take back rows that left',
    file: 'operators/over/over.ts',
    from: 'if ((flags[slot]! & LIVE) === 0) this.output.remove(slot, out);',
    to: '',
  },
  {
    name: 'values are not computed again after a restart',
    file: 'operators/over/over.ts',
    from: 'if (!seen.has(entry)) this.refresh(entry, { from: 0, to: Infinity }, null);',
    to: '',
    late: true,
  },
  {
    name: 'a table keeps the row that was before',
    file: NORMALIZE,
    from: 'if (before >= 0) table.weigh(before, -1);',
    to: '',
  },
  {
    name: 'a tombstone deletes nothing',
    file: NORMALIZE,
    from: 'if (before >= 0) table.weigh(before, -1);',
    to: 'if (before >= 0 && operation === OPERATIONS.set) table.weigh(before, -1);',
  },
  {
    name: 'a table does not tell what left it',
    file: NORMALIZE,
    from: 'for (const slot of changes.gone()) this.emitter.emit(slot, -1, out);',
    to: '',
  },
  {
    name: 'an upsert takes the key from the value',
    file: 'connectors/formats/table-decoder.ts',
    from: 'if (this.isKey[c]! && !withKey) continue;',
    to: '',
  },
  {
    name: 'EXCEPT keeps what stands on both sides',
    file: SET_OPERATION,
    from: "query.operator === 'intersect' ? '>' : '='",
    to: "query.operator === 'intersect' ? '>' : '>='",
    late: true,
  },
  {
    name: 'INTERSECT asks its left side alone',
    file: SET_OPERATION,
    from: "bindOperator(query.operator === 'intersect' ? '>' : '=', right, zero)",
    to: "bindOperator(query.operator === 'intersect' ? '>=' : '=', right, zero)",
  },
  {
    name: 'rows pass a filter that is unknown of them',
    file: 'expr/kernel/build.ts',
    from: "${isNull === NEVER_NULL ? '' : `${isNull} || `}!${parts[0]!}",
    to: "${isNull === NEVER_NULL ? '' : `!${isNull} && `}!${parts[0]!}",
  },
  {
    name: 'a filter loses which rows leave',
    file: 'expr/kernel/build.ts',
    from: 'if (inputDiffs !== null) outputDiffs[o] = inputDiffs[i];',
    to: 'if (inputDiffs !== null) outputDiffs[o] = 1;',
  },
  {
    name: 'rows go to tasks by where they stand',
    file: 'operators/hash-rows.ts',
    from: 'groups[i] = h >>> 24;',
    to: 'groups[i] = (h >>> 24) ^ ((i & 1) << 7);',
  },
  {
    name: 'an exchange loses which rows leave',
    file: 'task/exchange-codec.ts',
    from: 'diffs[i] = batch.diffs[rows[i]!]!;',
    to: 'diffs[i] = 1;',
  },
  {
    name: 'rows that stay are passed on beside those that go',
    file: 'task/routing-exchange.ts',
    from: 'if (stay === batch.rows) pass(this.picked);',
    to: 'if (stay > 0) pass(this.picked);',
  },
  {
    name: 'a view writes what has cancelled',
    file: 'views/net-changes.ts',
    from: 'this.#weight[other]! += weight;',
    to: 'this.#weight[other]! += 0;',
  },
];
