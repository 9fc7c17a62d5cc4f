// The leaves of a tree of node-sql-parser from left to right: what columns, functions, operators and constants it read.
// Only what has an order in the text is looked at; brackets and types have no leaves.

type Tree = Readonly<Record<string, unknown>>;

/** Of `SELECT expression AS x FROM t`. */
export function leavesOf(statement: unknown): string[] {
  const found: string[] = [];
  const first = Array.isArray(statement) ? (statement as unknown[])[0] : statement;
  if (!isTree(first)) return ['?'];
  const { columns } = first;
  if (!Array.isArray(columns) || columns.length !== 1) return ['?'];
  visit((columns[0] as Tree)['expr'], found);
  return found;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** How the leaves of a kind of node lie in it. */
const NODES: Readonly<Record<string, (node: Tree, found: string[]) => void>> = {
  column_ref: (node, found) => {
    visitName(node['db'], found);
    visitName(node['table'], found);
    visitName(node['column'], found);
  },
  binary_expr: (node, found) => {
    visit(node['left'], found);
    found.push(String(node['operator']).toUpperCase());
    visit(node['right'], found);
  },
  unary_expr: (node, found) => {
    const operator = String(node['operator']).toUpperCase();
    if (operator !== '-' && operator !== '+') found.push(operator);
    visit(node['expr'], found);
  },
  number: (node, found) => found.push(numberLeaf(String(node['value']))),
  bigint: (node, found) => found.push(numberLeaf(String(node['value']))),
  bool: (node, found) => found.push(String(node['value'])),
  boolean: (node, found) => found.push(String(node['value'])),
  null: (_node, found) => found.push('null'),
  star: (_node, found) => found.push('*'),
  cast: (node, found) => visit(node['expr'], found),
  extract: (node, found) => visit((node['args'] as Tree)['source'], found),
  case: (node, found) => {
    visit(node['expr'], found);
    visit(node['args'], found);
  },
  when: (node, found) => {
    visit(node['cond'], found);
    visit(node['result'], found);
  },
  else: (node, found) => visit(node['result'], found),
  expr_list: (node, found) => visit(node['value'], found),
  aggr_func: (node, found) => {
    found.push(String(node['name']).toLowerCase());
    const args = node['args'];
    if (isTree(args)) visit(args['expr'] ?? args, found);
  },
  function: visitCall,
};

function visit(node: unknown, found: string[]): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (!isTree(node)) return;
  const type = String(node['type']);
  // Strings are told between ': this is a name between double quotes.
  if (type === 'double_quote_string') found.push(String(node['value']).toLowerCase());
  else if (
    type.endsWith('_string') ||
    ['date', 'time', 'timestamp', 'datetime', 'string', 'origin'].includes(type)
  )
    found.push("'");
  else if (Object.hasOwn(NODES, type)) NODES[type]!(node, found);
  else found.push(`? ${type}`);
}

function visitCall(node: Tree, found: string[]): void {
  const name = node['name'];
  const parts = isTree(name) ? [name['schema'], name['name']].flat() : [name];
  for (const part of parts) {
    const text = isTree(part) ? part['value'] : part;
    // NOT before a bracket is a function to some of the grammars.
    if (typeof text === 'string') found.push(text === 'NOT' ? text : text.toLowerCase());
  }
  visit(node['args'], found);
}

/** A name is a text, or a text in one or two wrappers. */
function visitName(name: unknown, found: string[]): void {
  if (typeof name === 'string') found.push(name === '*' ? '*' : name.toLowerCase());
  else if (isTree(name)) visitName(name['expr'] ?? name['value'], found);
}

/** Rounded as a double, which is what the grammar does to it. */
export function numberLeaf(text: string): string {
  return String(Math.abs(Number(text)));
}
