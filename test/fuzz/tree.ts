// A query as a tree of text, so that it can be made smaller: what may be left out, lists of which one element is enough, and nodes
// that something of the same tag may take the place of. A variant need not make sense: one that is refused does not fail in the
// same way, and is passed over.

export interface Tree {
  /** Nodes of one tag stand for each other; '': none does. */
  readonly tag: string;
  readonly parts: readonly (string | Tree)[];
  /** Of a list: what stands between its parts. */
  readonly separator?: string;
  /** May be left out. */
  readonly optional?: boolean;
}

export function tree(tag: string, ...parts: readonly (string | Tree)[]): Tree {
  return { tag, parts };
}

export function list(separator: string, parts: readonly (string | Tree)[]): Tree {
  return { tag: '', parts, separator };
}

export function optional(...parts: readonly (string | Tree)[]): Tree {
  return { tag: '', parts, optional: true };
}

export function render({ parts, separator = '' }: Tree): string {
  return parts.map((part) => (typeof part === 'string' ? part : render(part))).join(separator);
}

/** What an expression of a type may be at its simplest. */
const SIMPLEST: Readonly<Record<string, string>> = {
  int: '1',
  big: '1::bigint',
  num: '1.5::numeric',
  dbl: '0.5::double precision',
  text: `'a'`,
  bool: 'true',
};

const NOTHING: Tree = { tag: '', parts: [] };

/** Smaller trees, what takes most away first. */
export function* smaller(root: Tree): Generator<Tree> {
  if (root.optional === true && root.parts.length > 0) yield { ...NOTHING, optional: true };
  if (root.tag !== '') for (const inner of descendants(root)) if (inner.tag === root.tag) yield inner;
  const simplest = SIMPLEST[root.tag];
  if (simplest !== undefined && render(root) !== simplest) yield tree(root.tag, simplest);
  if (root.separator !== undefined && root.parts.length > 1)
    for (let i = 0; i < root.parts.length; i++) yield { ...root, parts: root.parts.toSpliced(i, 1) };
  for (const [i, part] of root.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const less of smaller(part)) yield { ...root, parts: root.parts.with(i, less) };
  }
}

function* descendants(root: Tree): Generator<Tree> {
  for (const part of root.parts) {
    if (typeof part === 'string') continue;
    yield part;
    yield* descendants(part);
  }
}
