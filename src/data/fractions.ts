// Which percentiles a query asks for: one, or an array of them; NULL gives NULL.

export interface Fractions {
  readonly list: readonly (number | null)[];
  readonly array: boolean;
}

export function fractionsText({ list, array }: Fractions): string {
  const text = list.map((fraction) => (fraction === null ? 'NULL' : String(fraction))).join(', ');
  return array ? `ARRAY[${text}]` : text;
}
