// The trees of the regular expressions that regex.ts writes: what a search in linear time is made of.

export type RegexNode =
  /** One character, of the class or literal `source`. */
  | { readonly kind: 'one'; readonly source: string }
  /** A place between characters. */
  | { readonly kind: 'place'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  /** `index` counts from 1; 0: it is not kept. */
  | { readonly kind: 'group'; readonly index: number; readonly inner: RegexNode }
  | {
      readonly kind: 'repeat';
      readonly inner: RegexNode;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    };

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\?)?/y;
const CLASS = /\[\^?(?:[^\]\\]|\\[^])*\]/uy;
const SINGLE = /\\x[0-9a-f]{2}|\\[^]|[^]/uy;

class RegexReader {
  private readonly source: string;
  private at = 0;
  private groups = 0;

  constructor(source: string) {
    this.source = source;
  }

  choice(): RegexNode {
    const options = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at++;
      options.push(this.sequence());
    }
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at]!))
      parts.push(this.repeated(this.part()));
    return { kind: 'sequence', parts };
  }

  private repeated(inner: RegexNode): RegexNode {
    const found = this.taken(QUANTIFIER);
    if (found === null) return inner;
    const [, sign, low, comma, high, lazy] = found;
    const least = sign === undefined ? Number(low) : sign === '+' ? 1 : 0;
    const bound = comma === undefined ? least : high === '' ? Infinity : Number(high);
    const most = sign === undefined ? bound : sign === '?' ? 1 : Infinity;
    return { kind: 'repeat', inner, least, most, lazy: lazy !== undefined };
  }

  private part(): RegexNode {
    const { source, at } = this;
    if (source[at] === '(') return this.group();
    if (source[at] === '[') return { kind: 'one', source: this.taken(CLASS)![0] };
    const single = this.taken(SINGLE)![0];
    return { kind: single === '^' || single === '$' ? 'place' : 'one', source: single };
  }

  private group(): RegexNode {
    const from = this.at;
    const around = /\((?:\?(?:<?[=!]|:))?/y;
    const open = this.taken(around)![0];
    const index = open === '(' ? ++this.groups : 0;
    const inner = this.choice();
    this.at++;
    if (open === '(' || open === '(?:') return { kind: 'group', index, inner };
    return { kind: 'place', source: this.source.slice(from, this.at) };
  }

  private taken(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.at;
    const found = form.exec(this.source);
    if (found !== null) this.at += found[0].length;
    return found;
  }
}

export function readRegex(source: string): RegexNode {
  return new RegexReader(source).choice();
}

/** Backtracking takes at most `ways` times the `power` of a text's length, from each place where it begins. */
interface Cost {
  readonly power: number;
  readonly ways: number;
}

const MANY: Cost = { power: Infinity, ways: 1 };

function costOf(node: RegexNode): Cost {
  switch (node.kind) {
    case 'one':
      return { power: 0, ways: 1 };
    case 'place':
      return { power: node.source.length > 2 && /[*+{]/.test(node.source) ? 1 : 0, ways: 1 };
    case 'group':
      return costOf(node.inner);
    case 'sequence':
      return node.parts
        .map(costOf)
        .reduce((a, b) => ({ power: a.power + b.power, ways: a.ways * b.ways }), { power: 0, ways: 1 });
    case 'choice':
      return node.options
        .map(costOf)
        .reduce((a, b) => ({ power: Math.max(a.power, b.power), ways: a.ways + b.ways }));
    case 'repeat': {
      const { power, ways } = costOf(node.inner);
      if (node.most <= 1) return { power, ways: ways + 1 };
      if (power > 0 || ways > 1) return MANY;
      return node.most === Infinity ? { power: 1, ways: 1 } : { power: 0, ways: node.most - node.least + 1 };
    }
  }
}

const MOST_STEPS = 1e7;

/** The longest text, in UTF-16 units, in which backtracking ends soon, whatever it holds. */
export function soonIn(node: RegexNode): number {
  const { power, ways } = costOf(node);
  if (ways > MOST_STEPS) return 0;
  return Math.max(10, Math.floor((MOST_STEPS / ways) ** (1 / (power + 1))));
}
