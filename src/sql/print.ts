// EXPLAIN (AST): the syntax tree as an indented outline, without places in the text.

const OMITTED: ReadonlySet<string> = new Set(['kind', 'span']);

export function printSyntax(node: unknown): string {
  return outline(node, '').join('\n');
}

function outline(value: unknown, indent: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => outline(item, indent));
  if (typeof value !== 'object' || value === null) return [`${indent}${scalar(value)}`];
  const kind = 'kind' in value ? String(value.kind) : '';
  const lines: string[] = [];
  const fields: string[] = [];
  for (const [key, field] of Object.entries(value)) {
    if (OMITTED.has(key) || key.endsWith('Span') || isEmpty(field)) continue;
    const flat = flatText(field);
    if (flat !== undefined) fields.push(`${key}=${flat}`);
    else lines.push(`${indent}  ${key}:`, ...outline(field, `${indent}    `));
  }
  return [`${indent}${[kind, ...fields].filter((part) => part !== '').join(' ') || '-'}`, ...lines];
}

/** Values that say nothing: what was not written. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Scalars and names fit on the line of their node. */
function flatText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return scalar(value);
  if (Array.isArray(value)) {
    const parts = value.map(flatText);
    return parts.every((part) => part !== undefined && !part.includes(' '))
      ? `[${parts.join(', ')}]`
      : undefined;
  }
  const fields = Object.entries(value).filter(([key, field]) => key !== 'span' && !isEmpty(field));
  if (fields.some(([key]) => key !== 'name' && key !== 'schema')) return undefined;
  const names = fields.map(([, field]) => flatText(field));
  return names.every((name) => name !== undefined) ? names.reverse().join('.') : undefined;
}
