// Generated code for keys: reading a key from a batch, hashing it and comparing it with a slot. Pieces of JavaScript text,
// one set per layout; names carry the key's position, nothing of the user's text is in them.

import type { Layout } from '../data/types.ts';

export interface KeyCode {
  /** Once per batch; `C` is the array of key columns of the batch. */
  readonly open: string;
  /** After a state array may have moved; `S` is the slots. */
  readonly reload: string;
  /** Per row `i`: declares the row's key. */
  readonly load: string;
  /** Mixes it into `h`. */
  readonly hash: string;
  /** The same, faster, where nothing that is stored depends on it: only the key gives a row its key group. */
  readonly quickHash: string;
  /** Is slot `s` of the same key? */
  readonly equal: string;
  /** Does slot `s` print the same? Equal keys may not: 1.0 and 1.00, 0 and −0, '1 mon' and '30 days'. */
  readonly identical: string;
}

function mix(word: string): string {
  return (
    `w = Math.imul(${word}, 0xcc9e2d51); w = Math.imul((w << 15) | (w >>> 17), 0x1b873593); ` +
    `h ^= w; h = (h << 13) | (h >>> 19); h = (Math.imul(h, 5) + 0xe6546b64) | 0;`
  );
}

/** The avalanche of the hash, in place, of the variable `name`. */
export function finishHashCode(name: string): string {
  return (
    `${name} ^= ${name} >>> 16; ${name} = Math.imul(${name}, 0x85ebca6b); ${name} ^= ${name} >>> 13; ` +
    `${name} = Math.imul(${name}, 0xc2b2ae35); ${name} ^= ${name} >>> 16;`
  );
}

/** `tree`: slices of which the body counts only (data/tree). */
export function keyCode(k: number, layout: Layout, nullable: boolean, tree = false): KeyCode {
  const bare = tree ? treeCode(k) : layoutCode(k, layout);
  if (!nullable) {
    return { ...bare, load: bare.load.replaceAll(`if (u${k} === 0) `, '') };
  }
  return {
    open: `const n${k} = C[${k}].nulls; ${bare.open}`,
    reload: `N${k} = S.keys[${k}].nulls; ${bare.reload}`,
    load: `const u${k} = n${k} !== null && n${k}[i] === 1 ? 1 : 0; ${bare.load}`,
    hash: `${mix(`u${k}`)} if (u${k} === 0) { ${bare.hash} }`,
    quickHash: `${mix(`u${k}`)} if (u${k} === 0) { ${bare.quickHash} }`,
    equal: `N${k}[s] === u${k} && (u${k} === 1 || (${bare.equal}))`,
    identical: `N${k}[s] === u${k} && (u${k} === 1 || (${bare.identical}))`,
  };
}

/** State arrays that `reload` assigns, to be declared with `let`. */
export function stateNames(k: number, layout: Layout, nullable: boolean): string[] {
  const names = nullable ? [`N${k}`] : [];
  switch (layout) {
    case 'text':
      return [...names, `B${k}`, `P${k}`, `Q${k}`];
    case 'i64':
      return [...names, `K${k}`, `V${k}`];
    default:
      return [...names, `K${k}`];
  }
}

function treeCode(k: number): KeyCode {
  const stored = `bodyEnd(B${k}, P${k}[s], Q${k}[s]) - P${k}[s]`;
  const whole = layoutCode(k, 'text');
  return {
    ...whole,
    load: `const a${k} = p${k}[i], l${k} = bodyEnd(k${k}, a${k}, q${k}[i]) - a${k};`,
    equal: `${stored} === l${k} && sameBytes(B${k}, P${k}[s], k${k}, a${k}, l${k})`,
    identical:
      `Q${k}[s] - P${k}[s] === q${k}[i] - a${k} && ` +
      `sameBytes(B${k}, P${k}[s], k${k}, a${k}, q${k}[i] - a${k})`,
  };
}

function layoutCode(k: number, layout: Layout): KeyCode {
  const bare = equalityCode(k, layout);
  const quickHash = layout === 'text' ? wordsHash(k) : bare.hash;
  return { ...bare, quickHash, identical: identityCode(k, layout) ?? bare.equal };
}

/** Four bytes at a time; turned, so that each of them reaches all of the word. */
function wordsHash(k: number): string {
  const word = `k${k}[j] | (k${k}[j + 1] << 8) | (k${k}[j + 2] << 16) | (k${k}[j + 3] << 24)`;
  return `w = l${k}; {
      let j = a${k}; const e = a${k} + l${k};
      for (; j + 4 <= e; j += 4) { w = Math.imul(w ^ (${word}), 0xcc9e2d51); w = (w << 15) | (w >>> 17); }
      for (; j < e; j++) w = Math.imul(w ^ k${k}[j], 0x01000193);
    }
    ${mix('w')}`;
}

/** Null where equal values are identical. */
function identityCode(k: number, layout: Layout): string | null {
  switch (layout) {
    case 'f64':
      return `sameDouble(K${k}[s], a${k})`;
    case 'numeric':
      return `numericIdentical(K${k}, s, k${k}, i)`;
    case 'interval':
      return `intervalIdentical(K${k}, s, k${k}, i)`;
    default:
      return null;
  }
}

function equalityCode(k: number, layout: Layout): Omit<KeyCode, 'identical' | 'quickHash'> {
  switch (layout) {
    case 'bool':
    case 'i32':
      return {
        open: `const k${k} = C[${k}].values;`,
        reload: `K${k} = S.keys[${k}].values;`,
        load: `const a${k} = k${k}[i];`,
        hash: mix(`a${k}`),
        equal: `K${k}[s] === a${k}`,
      };
    case 'i64':
      // As two 32-bit words: no BigInt is made.
      return {
        open: `const k${k} = words(C[${k}].values);`,
        reload: `if (V${k} !== S.keys[${k}].values) { V${k} = S.keys[${k}].values; K${k} = words(V${k}); }`,
        load: `const a${k} = k${k}[2 * i], b${k} = k${k}[2 * i + 1];`,
        hash: `${mix(`a${k}`)} ${mix(`b${k}`)}`,
        equal: `K${k}[2 * s] === a${k} && K${k}[2 * s + 1] === b${k}`,
      };
    case 'f64':
      return {
        open: `const k${k} = C[${k}].values;`,
        reload: `K${k} = S.keys[${k}].values;`,
        load: `const a${k} = k${k}[i];`,
        hash: `h = mixDouble(h, a${k});`,
        equal: `(K${k}[s] === a${k} || (K${k}[s] !== K${k}[s] && a${k} !== a${k}))`,
      };
    case 'text':
      return {
        open: `const k${k} = C[${k}].bytes, p${k} = C[${k}].start, q${k} = C[${k}].end;`,
        reload: `B${k} = S.keys[${k}].bytes; P${k} = S.keys[${k}].start; Q${k} = S.keys[${k}].end;`,
        load: `const a${k} = p${k}[i], l${k} = q${k}[i] - a${k};`,
        hash:
          `w = 0x811c9dc5 | 0; for (let j = a${k}, e = a${k} + l${k}; j < e; j++) w = Math.imul(w ^ k${k}[j], 0x01000193); ` +
          mix('w'),
        equal: `Q${k}[s] - P${k}[s] === l${k} && sameBytes(B${k}, P${k}[s], k${k}, a${k}, l${k})`,
      };
    case 'numeric':
    case 'interval':
      return {
        open: `const k${k} = C[${k}];`,
        reload: `K${k} = S.keys[${k}];`,
        load: '',
        hash: `h = ${layout}Hash(h, k${k}, i);`,
        equal: `${layout}Same(K${k}, s, k${k}, i)`,
      };
  }
}
