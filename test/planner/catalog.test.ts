import { describe, expect, test } from 'vitest';
import { didYouMean, editDistance, nearNames } from '../../src/catalog/near.ts';
import { displayName } from '../../src/catalog/definition.ts';

describe('near names', () => {
  test.each([
    ['auctoin', 'auction', 1],
    ['bids', 'bid', 1],
    ['abc', 'xyz', 3],
    ['größe', 'grösse', 2],
    ['', 'ab', 2],
  ])('%s and %s are %d apart', (a, b, distance) => {
    expect(editDistance(a, b, 5)).toBe(distance);
  });

  test('stop at the limit', () => {
    expect(editDistance('completely', 'different!', 2)).toBe(3);
  });

  test('come nearest first, three at most', () => {
    expect(nearNames('prce', ['price', 'prices', 'piece', 'rice', 'url'])[0]).toBe('price');
    expect(nearNames('prce', ['price', 'prices', 'piece', 'rice', 'url']).length).toBeLessThanOrEqual(3);
    expect(didYouMean('zzz', ['price'])).toBeUndefined();
    expect(didYouMean('date', ['date_time'])).toBe('did you mean "date_time"?');
  });
});

test('names are shown as Postgres wants them written', () => {
  expect(displayName({ schema: 'public', name: 'Größe "x"' })).toBe('"Größe ""x"""');
  expect(displayName({ schema: 'sales', name: 'bids' })).toBe('sales.bids');
});
