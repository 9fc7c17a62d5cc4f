// What runs in the interpreter before any script: it takes away what is not a function of arguments, freezes all that is left, so that
// no call can leave anything for the next one, and makes values of texts and back.

export const PRELUDE = String.raw`(function () {
'use strict';
delete Math.random;
delete globalThis.SharedArrayBuffer;
const { getPrototypeOf, getOwnPropertyDescriptor, freeze } = Object;
const { ownKeys, apply } = Reflect;
const { isSafeInteger, isFinite, isInteger } = Number;
const { parse, stringify } = JSON;
const seen = new Set();
function harden(value) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  freeze(value);
  harden(getPrototypeOf(value));
  for (const key of ownKeys(value)) {
    const { value: held, get, set } = getOwnPropertyDescriptor(value, key);
    harden(held);
    harden(get);
    harden(set);
  }
}
const reached = [globalThis, function* () {}, (function* () {})(), [].values(), new Map().values(), new Set().values(),
  ''[Symbol.iterator](), 'a'.matchAll(/a/g), class {}, () => 0, (function () { return arguments; })(), 1n, Symbol.iterator];
for (const one of reached) harden(typeof one === 'object' || typeof one === 'function' ? one : Object(one));
const whole = (value, returns) => {
  if (typeof value === 'bigint' || (typeof value === 'number' && isSafeInteger(value))) return String(value);
  throw new TypeError('the value for ' + returns + ' is no whole number that is exact: ' + shown(value));
};
const text = (value, returns) => {
  if (typeof value !== 'string') throw new TypeError('the value for ' + returns + ' is no string: ' + shown(value));
  if (/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/.test(value))
    throw new TypeError('the string for ' + returns + ' has a zero character or half of a surrogate pair');
  return value;
};
const number = (value, returns) => {
  if (typeof value === 'number') return String(value);
  throw new TypeError('the value for ' + returns + ' is no number: ' + shown(value));
};
const decimal = (value, returns) => {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  return text(value, returns);
};
const truth = (value, returns) => {
  if (typeof value === 'boolean') return String(value);
  throw new TypeError('the value for ' + returns + ' is neither true nor false: ' + shown(value));
};
const document = (value, returns) => {
  const written = stringify(value);
  if (typeof written !== 'string') throw new TypeError('the value for ' + returns + ' is nothing that JSON has: ' + shown(value));
  return written;
};
const shown = (value) => (value === null ? 'null' : typeof value === 'object' ? 'an object' : typeof value === 'string' ? stringify(value).slice(0, 100) : String(value).slice(0, 100));
const readers = { bigint: BigInt, smallint: Number, integer: Number, real: Number, double: Number, boolean: (t) => t === 'true', jsonb: (t) => parse(t) };
const writers = { bigint: whole, smallint: whole, integer: whole, real: number, double: number, numeric: decimal, boolean: truth, jsonb: document };
const describe = (error) => {
  try {
    const said = error instanceof Error ? String(error.name) + ': ' + String(error.message) : error === null ? 'out of memory, or null thrown' : 'thrown: ' + shown(error);
    return text(said.slice(0, 300), 'a message');
  } catch {
    return 'an exception that cannot be shown';
  }
};
return (script, types, returns) => {
  const reads = types.map((type) => readers[type] ?? ((t) => t));
  const write = writers[returns] ?? text;
  return (given) => {
    try {
      const args = parse(given).map((t, i) => (t === null ? null : reads[i](t)));
      const value = apply(script, undefined, args);
      return value === null ? 'n' : 'v' + write(value, returns);
    } catch (error) {
      // Where there is no memory for an error, null is thrown.
      return (error === null || error instanceof InternalError ? 'i' : 'e') + describe(error);
    }
  };
};
})()`;
