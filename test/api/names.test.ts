// SQL names as GraphQL names: whatever a view is called, the schema is one that GraphQL takes.

import { describe, expect, it } from 'vitest';
import { Names } from '../../src/api/schema/names.ts';

const SUFFIXES = ['', '_aggregate', '_where'];

describe('names of GraphQL', () => {
  it.each(['заказы', '_', '__', '__typename', '日本', 'é', '', '1st', 'a-b', 'plain'])(
    'are valid for %j',
    (name) => {
      const names = new Names();
      for (const taken of [
        names.take(name, SUFFIXES),
        names.take(name, SUFFIXES),
        names.take(name, SUFFIXES),
      ])
        for (const suffix of SUFFIXES) {
          expect(taken + suffix).toMatch(/^[_A-Za-z][_0-9A-Za-z]*$/);
          expect(taken + suffix).not.toMatch(/^__/);
        }
    },
  );

  it('tell two names of another script apart', () => {
    const names = new Names();
    expect(names.take('é')).not.toBe(names.take('ä'));
  });
});
