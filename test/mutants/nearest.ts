// Mistakes in as-of joins, versions of tables, joins that give on window close, and the tables that these read.

import type { Mutant } from './mutants.ts';

const AS_OF = 'operators/as-of/as-of.ts';
const AS_OF_ROWS = 'operators/as-of/as-of-rows.ts';
const TEMPORAL_JOIN = 'logical/from-temporal-join.ts';
const DEBEZIUM = 'connectors/formats/debezium.ts';
const AS_OF_SUITE = 'windows/as-of-joins.test.ts';
const VERSIONS_SUITE = 'windows/temporal-joins.test.ts';

export const NEAREST: readonly Mutant[] = [
  {
    name: 'a right row of the very time is not the nearest',
    file: AS_OF_ROWS,
    from: 'const at: Probe = node.inclusive ? behind(this.partnerAt) : this.partnerAt;',
    to: 'const at: Probe = this.partnerAt;',
    suite: AS_OF_SUITE,
  },
  {
    name: 'a right row changes left rows that are those of the next',
    file: AS_OF_ROWS,
    from: 'const from: Probe = node.inclusive ? this.leftAt : behind(this.leftAt);',
    to: 'const from: Probe = node.inclusive ? behind(this.leftAt) : this.leftAt;',
    suite: AS_OF_SUITE,
  },
  {
    name: 'a left row without a key is lost',
    file: AS_OF,
    from: "if (port === 0 && this.node.type === 'left') this.passAlone(batch, alone, out);",
    to: '',
    suite: AS_OF_SUITE,
  },
  {
    name: 'a right row that comes later changes nothing',
    file: AS_OF,
    from: 'for (let i = 0; i < changedRight.length; i++) rows.forEachPartner(changedRight.slots[i]!, look);',
    to: '',
    suite: AS_OF_SUITE,
  },
  {
    name: 'an as-of join does not know after a restart which partner is out',
    file: AS_OF,
    from: 'this.partners[slot] = this.rows.partnerOf(slot);',
    to: '',
    suite: AS_OF_SUITE,
  },
  {
    name: 'the last right row before the watermark is freed',
    file: AS_OF,
    from: 'for (let before = this.rows.beforeRight(slot); before >= 0; before = this.rows.beforeRight(slot))',
    to: 'for (let before = slot; before >= 0; before = this.rows.beforeRight(slot))',
    suite: AS_OF_SUITE,
  },
  {
    name: 'right rows that no left row asks for stay for ever',
    file: AS_OF,
    from: 'table.weigh(before, -table.weights.values[before]!);',
    to: 'return;',
    suite: AS_OF_SUITE,
  },
  {
    name: 'a left row is told before its partner can be known',
    file: AS_OF,
    from: 'const through = watermarkLess(this.through, shift);',
    to: 'const through = this.through;',
    suite: AS_OF_SUITE,
  },
  {
    name: 'the version that deletes a row is one like others',
    file: TEMPORAL_JOIN,
    from: "if (kind === 'inner') return project(filter(found, isSet), all.slice(0, -1), names);",
    to: "if (kind === 'inner') return project(found, all.slice(0, -1), names);",
    suite: VERSIONS_SUITE,
  },
  {
    name: 'a left join shows the row that a version has deleted',
    file: TEMPORAL_JOIN,
    from: 'all.slice(0, -1).map((expr, i) => (i < width ? expr : there(expr))),',
    to: 'all.slice(0, -1),',
    suite: VERSIONS_SUITE,
  },
  {
    name: 'a version is of its time only when it has passed',
    file: 'binder/temporal-join.ts',
    from: 'inclusive: true,',
    to: 'inclusive: false,',
    suite: VERSIONS_SUITE,
  },
  {
    name: 'a join on close gives rows without partners at once',
    file: 'operators/join/join.ts',
    from: 'const unpaired = { whenPaired: false, atEnd: onClose };',
    to: 'const unpaired = { whenPaired: false, atEnd: false && onClose };',
    suite: 'windows/interval-joins.test.ts',
  },
  {
    name: 'a change event without a key has none',
    file: DEBEZIUM,
    from: 'const code = table.readRow(b, at, to, row, !hasKey);',
    to: 'const code = table.readRow(b, at, to, row, false);',
    about: /FORMAT DEBEZIUM/,
  },
  {
    name: 'a tombstone behind change events is passed over',
    file: DEBEZIUM,
    from: 'return deleteBy(table.readKey(b, keyStart[i]!, keyEnd[i]!, row));\n}',
    to: 'return NOTHING;\n}',
    about: /FORMAT DEBEZIUM/,
  },
  {
    name: 'a truncation is passed over',
    file: DEBEZIUM,
    from: 'return TRUNCATE;',
    to: 'return NOTHING;',
    about: /FORMAT DEBEZIUM/,
  },
];
