// The same tests at two sizes: small in every run, full with `npm run test:soak`, which prints what it measured.

export const SOAK = process.env['MILLRACE_SOAK'] === '1';

export function sized<T>(usual: T, soak: T): T {
  return SOAK ? soak : usual;
}

export function measured(what: string): void {
  if (SOAK) console.log(what);
}
