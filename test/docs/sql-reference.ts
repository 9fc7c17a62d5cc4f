// docs/sql-reference.md, made from the function table: every function, operator and cast that there is.

import { typeName } from '../../src/data/types.ts';
import { FUNCTIONS } from '../../src/expr/catalog/functions.ts';
import { OPERATORS } from '../../src/expr/catalog/operators.ts';
import { findCast } from '../../src/expr/functions/casts.ts';
import { aggregateNames } from '../../src/expr/resolve/aggregate-names.ts';
import { supportedAggregates } from '../../src/expr/resolve/aggregates.ts';
import { pgTypeName } from '../../src/expr/resolve/refusals.ts';
import { refusedNames } from '../../src/expr/resolve/refused-names.ts';
import { supportedCandidates } from '../../src/expr/resolve/functions.ts';
import type { Candidate } from '../../src/expr/resolve/select.ts';
import { EDGE_VALUES } from '../expr/edge-values.ts';
import type { EdgeKind } from '../expr/edge-values.ts';
import { edgeType } from '../expr/edge-values.ts';

const AGGREGATES = new Set(aggregateNames());

const HEAD = `# SQL reference: functions, operators, casts

Made from the function table; a test (test/docs) holds it against the code. What is not here is refused; the last section says what and why. Semantics, results, result types and errors are those of PostgreSQL 18: the tests in test/expr compare them value by value.

Text has collation "C": it is ordered by its UTF-8 bytes, and letter case is known of ASCII letters only. The time zone is UTC.
`;

function code(text: string): string {
  return `\`${text}\``;
}

function signature(name: string, { params, result, variadic }: Candidate): string {
  const shown = params.map((param, i) =>
    variadic === true && i === params.length - 1 ? `VARIADIC ${param}` : pgTypeName(param),
  );
  return code(`${name}(${shown.join(', ')}) → ${pgTypeName(result)}`);
}

function functionLines(): string[] {
  return Object.keys(FUNCTIONS)
    .filter((name) => !AGGREGATES.has(name))
    .flatMap((name) => {
      const found = supportedCandidates(name, 'function');
      return found.length === 0 ? [] : [`- ${found.map((one) => signature(name, one)).join(', ')}`];
    });
}

function aggregateLines(): string[] {
  return [...AGGREGATES].sort().map((name) =>
    `- ${supportedAggregates(name)
      .map((one) => signature(name, one))
      .join(', ')}`.replace('()', '(*)'),
  );
}

function operatorLines(): string[] {
  return Object.keys(OPERATORS).flatMap((name) => {
    const shown = supportedCandidates(name, 'operator').map(({ params, result }) => {
      const operands = params.map(pgTypeName);
      const form = operands.length === 1 ? `${name} ${operands[0]!}` : operands.join(` ${name} `);
      return code(`${form} → ${pgTypeName(result)}`);
    });
    return shown.length === 0 ? [] : [`- ${code(name)}: ${shown.join(', ')}`];
  });
}

function castLines(): string[] {
  const types = (Object.keys(EDGE_VALUES) as EdgeKind[]).map(edgeType);
  return types.map((from) => {
    const targets = types.filter((to) => to.kind !== from.kind && findCast(from.kind, to.kind) !== undefined);
    return `- from ${typeName(from)} to ${targets.map(typeName).join(', ')}`;
  });
}

/** Long lists of what nobody calls are told in words. */
const LONGEST = 40;

function refusedLines(): string[] {
  return [...refusedNames()]
    .filter(([, names]) => names.length <= LONGEST)
    .map(([{ reason }, names]) => `- ${names.map(code).join(', ')}: ${reason}`);
}

export function sqlReference(): string {
  return [
    HEAD,
    `## Functions\n\n${functionLines().join('\n')}\n`,
    `## Aggregates\n\nAll of them take DISTINCT, FILTER and ORDER BY; what becomes of NULLs and open orders is in [sql.md](sql.md).\n\n${aggregateLines().join('\n')}\n`,
    `## Operators\n\n${operatorLines().join('\n')}\n`,
    `## Casts\n\nText forms of arrays and rows are read and written too; an array becomes one of another type item by item.\n\n${castLines().join('\n')}\n`,
    `## Refused

Every function of PostgreSQL 18 over these types is computed or refused with a reason; a test (test/expr/inventory) goes through PostgreSQL's catalog. Beside what is listed here, functions that stand behind an operator (\`int4pl\`) are refused, those that only PostgreSQL itself calls, and those that ask the server (\`pg_\`, \`has_…_privilege\`).

${refusedLines().join('\n')}
`,
  ].join('\n');
}
