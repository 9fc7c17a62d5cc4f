// Expressions as PostgreSQL text. Whatever has operands stands in brackets, so precedence never has to be decided.

import type {
  Argument,
  Case,
  Expression,
  Frame,
  FrameBound,
  FunctionCall,
  Like,
  WindowSpecification,
} from '../ast.ts';
import { dotted, objectName, quoteName, quoteString, typeText } from './names.ts';
import { expressionList, orderList, words, type Writer } from './writer.ts';

export function expressionText(w: Writer, e: Expression): string {
  const write = (expression: Expression): string => w.expression(expression);
  switch (e.kind) {
    case 'ColumnReference':
      return dotted(e.parts);
    case 'Star':
      return e.qualifier.length === 0 ? '*' : `${dotted(e.qualifier)}.*`;
    case 'NumberLiteral':
      return e.text;
    case 'StringLiteral':
      return quoteString(e.value);
    case 'BitStringLiteral':
      return `${e.base === 'binary' ? 'B' : 'X'}'${e.digits}'`;
    case 'BooleanLiteral':
      return e.value ? 'TRUE' : 'FALSE';
    case 'NullLiteral':
      return 'NULL';
    case 'TypedLiteral':
      return `CAST(${quoteString(e.value)} AS ${typeText(e.type)})`;
    case 'Parameter':
      return `$${e.index}`;
    case 'SqlValue':
      if (e.name === 'current_timestamp' && e.precision === undefined && w.streaming.now !== undefined)
        return moment(w.streaming.now);
      return e.name.toUpperCase() + (e.precision === undefined ? '' : `(${e.precision})`);
    case 'Unary':
      return `(${e.operator} ${write(e.operand)})`;
    case 'Binary':
      return `(${write(e.left)} ${e.operator} ${write(e.right)})`;
    case 'Logical':
      return `(${e.operands.map(write).join(e.operator === 'and' ? ' AND ' : ' OR ')})`;
    case 'Not':
      return `(NOT ${write(e.operand)})`;
    case 'IsNull':
      return `(${write(e.operand)} IS ${not(e)}NULL)`;
    case 'IsBoolean':
      return `(${write(e.operand)} IS ${not(e)}${e.test.toUpperCase()})`;
    case 'IsDistinct':
      return `(${write(e.left)} IS ${not(e)}DISTINCT FROM ${write(e.right)})`;
    case 'Between': {
      const symmetric = e.symmetric ? 'SYMMETRIC ' : '';
      return `(${write(e.operand)} ${not(e)}BETWEEN ${symmetric}${write(e.low)} AND ${write(e.high)})`;
    }
    case 'InList':
      return `(${write(e.operand)} ${not(e)}IN (${expressionList(w, e.items)}))`;
    case 'InSubquery':
      return `(${write(e.operand)} ${not(e)}IN (${w.query(e.query)}))`;
    case 'Exists':
      return `EXISTS (${w.query(e.query)})`;
    case 'Quantified':
      return `(${write(e.operand)} ${e.operator} ${e.quantifier.toUpperCase()} (${write(e.array)}))`;
    case 'QuantifiedSubquery':
      return `(${write(e.operand)} ${e.operator} ${e.quantifier.toUpperCase()} (${w.query(e.query)}))`;
    case 'Like':
      return likeText(w, e);
    case 'Case':
      return caseText(w, e);
    case 'Coalesce':
      return `COALESCE(${expressionList(w, e.arguments)})`;
    case 'NullIf':
      return `NULLIF(${write(e.left)}, ${write(e.right)})`;
    case 'MinMax':
      return `${e.function.toUpperCase()}(${expressionList(w, e.arguments)})`;
    case 'Cast':
      return `CAST(${write(e.operand)} AS ${typeText(e.type)})`;
    case 'FunctionCall':
      return callText(w, e);
    case 'Extract':
      return `EXTRACT(${quoteString(e.field)} FROM ${write(e.source)})`;
    case 'AtTimeZone':
      return `(${write(e.operand)} AT TIME ZONE ${write(e.zone)})`;
    case 'Collate':
      return `(${write(e.operand)} COLLATE ${objectName(e.collation)})`;
    case 'ArrayConstructor':
      return `ARRAY[${expressionList(w, e.elements)}]`;
    case 'ArraySubquery':
      return `ARRAY(${w.query(e.query)})`;
    case 'Row':
      return `${e.explicit ? 'ROW' : ''}(${expressionList(w, e.fields)})`;
    case 'Subscript':
      return `${accessed(w, e.operand)}[${write(e.index)}]`;
    case 'Slice':
      return `${accessed(w, e.operand)}[${e.lower ? write(e.lower) : ''}:${e.upper ? write(e.upper) : ''}]`;
    case 'FieldAccess':
      return `${accessed(w, e.operand)}.${quoteName(e.field.name)}`;
    case 'FieldStar':
      return `${accessed(w, e.operand)}.*`;
    case 'ScalarSubquery':
      return `(${w.query(e.query)})`;
    case 'Grouping':
      return `GROUPING(${expressionList(w, e.arguments)})`;
  }
}

function not(e: { readonly negated: boolean }): string {
  return e.negated ? 'NOT ' : '';
}

/** What a subscript or a field is taken of: in brackets, but for a chain of them. */
function accessed(w: Writer, operand: Expression): string {
  const text = w.expression(operand);
  const isChain = operand.kind === 'Subscript' || operand.kind === 'Slice' || operand.kind === 'FieldAccess';
  return isChain ? text : `(${text})`;
}

function likeText(w: Writer, e: Like): string {
  const escape = e.escape === undefined ? '' : ` ESCAPE ${w.expression(e.escape)}`;
  return `(${w.expression(e.operand)} ${not(e)}${e.form.toUpperCase()} ${w.expression(e.pattern)}${escape})`;
}

function caseText(w: Writer, e: Case): string {
  const branches = e.branches.map(
    (branch) => `WHEN ${w.expression(branch.when)} THEN ${w.expression(branch.then)}`,
  );
  return words(
    'CASE',
    e.operand === undefined ? '' : w.expression(e.operand),
    ...branches,
    e.otherwise === undefined ? '' : `ELSE ${w.expression(e.otherwise)}`,
    'END',
  );
}

function moment(text: string): string {
  return `CAST(${quoteString(text)} AS timestamptz)`;
}

const NOW: ReadonlySet<string> = new Set(['now', 'transaction_timestamp']);

function callText(w: Writer, e: FunctionCall): string {
  const isNow = e.name.schema === undefined && NOW.has(e.name.name.name) && e.arguments.length === 0;
  if (isNow && w.streaming.now !== undefined) return moment(w.streaming.now);
  const plain = w.streaming.aggregate?.(e);
  if (plain !== undefined) return w.expression(plain);
  const given = e.star ? '*' : e.arguments.map((argument) => argumentText(w, argument)).join(', ');
  const order = e.orderBy.length === 0 ? '' : `ORDER BY ${orderList(w, e.orderBy)}`;
  const inside = words(e.distinct ? 'DISTINCT' : '', given, e.withinGroup ? '' : order);
  return words(
    `${w.streaming.functionName?.(e.name) ?? objectName(e.name)}(${inside})`,
    e.withinGroup ? `WITHIN GROUP (${order})` : '',
    e.filter === undefined ? '' : `FILTER (WHERE ${w.expression(e.filter)})`,
    overText(w, e),
  );
}

function overText(w: Writer, e: FunctionCall): string {
  if (e.over === undefined) return '';
  return `OVER ${e.over.kind === 'WindowName' ? quoteName(e.over.name.name) : windowText(w, e.over)}`;
}

function argumentText(w: Writer, argument: Argument): string {
  const name = argument.name === undefined ? '' : `${quoteName(argument.name.name)} => `;
  return `${argument.variadic ? 'VARIADIC ' : ''}${name}${w.expression(argument.value)}`;
}

export function windowText(w: Writer, e: WindowSpecification): string {
  const inside = words(
    e.base === undefined ? '' : quoteName(e.base.name),
    e.partitionBy.length === 0 ? '' : `PARTITION BY ${expressionList(w, e.partitionBy)}`,
    e.orderBy.length === 0 ? '' : `ORDER BY ${orderList(w, e.orderBy)}`,
    e.frame === undefined ? '' : frameText(w, e.frame),
  );
  return `(${inside})`;
}

function frameText(w: Writer, frame: Frame): string {
  const exclude = frame.exclude === 'none' ? '' : ` EXCLUDE ${frame.exclude.toUpperCase()}`;
  return `${frame.mode.toUpperCase()} BETWEEN ${boundText(w, frame.start)} AND ${boundText(w, frame.end)}${exclude}`;
}

function boundText(w: Writer, bound: FrameBound): string {
  if (bound.kind !== 'preceding' && bound.kind !== 'following') return bound.kind.toUpperCase();
  return `${w.expression(bound.offset)} ${bound.kind.toUpperCase()}`;
}
