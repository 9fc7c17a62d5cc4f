// SQL names as GraphQL names: letters, digits and underscores, no two alike. The same catalog always gives the same names.

const GRAPHQL_NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

export class Names {
  readonly #taken: Set<string>;

  constructor(reserved: Iterable<string> = []) {
    this.#taken = new Set(reserved);
  }

  /** A name like `wanted` such that it, with each of `suffixes` behind it, is free; all of them are taken then. */
  take(wanted: string, suffixes: readonly string[] = ['']): string {
    const base = graphqlName(wanted);
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}_${n}`;
      if (suffixes.some((suffix) => this.#taken.has(name + suffix))) continue;
      for (const suffix of suffixes) this.#taken.add(name + suffix);
      return name;
    }
  }
}

function graphqlName(name: string): string {
  const plain = name.replace(/[^_0-9A-Za-z]/g, '_');
  // Nothing is left of a name in another script: its characters are told by number.
  if (/^_*$/.test(plain)) return ['u', ...[...name].map((c) => c.codePointAt(0)!.toString(16))].join('_');
  // Two underscores are GraphQL's own.
  const start = plain.replace(/^__+/, '_');
  return GRAPHQL_NAME.test(start) ? start : `_${start}`;
}
