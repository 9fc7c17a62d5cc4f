// A text read by a template of times: to_date and to_timestamp. After DCH_from_char and its like in
// src/backend/utils/adt/formatting.c. What was read is made a time of in time-of-fields.ts.

import { fail } from '../../data/failure.ts';
import type { ReadFields } from './time-of-fields.ts';
import { noFields } from './time-of-fields.ts';
import { fieldConvention, isNumberField, readTemplate } from './time-template.ts';
import type { TemplateNode } from './time-template.ts';

const SPACE = /[ \t\n\v\f\r]/;
const INTEGER = /[ \t\n\v\f\r]*([+-]?[0-9]+)/y;
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const ROMAN = 'xii xi x ix viii vii vi v iv iii ii i'.split(' ');
const INT32_MAX = 2_147_483_647;

function invalid(value: string, field: string): never {
  fail('22007', `invalid value "${value.slice(0, 40)}" for "${field}"`);
}

export function readTime(text: string, template: string): ReadFields {
  return new TimeScan(text, readTemplate(template)).read();
}

type NumberName = {
  [K in keyof ReadFields]: ReadFields[K] extends number ? K : never;
}[keyof ReadFields];

class TimeScan {
  readonly #text: string;
  readonly #nodes: readonly TemplateNode[];
  readonly #fields: ReadFields = noFields();
  #at = 0;
  /** FX: every character of the template stands for one of the text. */
  #exact = false;
  /** Characters passed over beyond those of the template. */
  #extra = 0;

  constructor(text: string, nodes: readonly TemplateNode[]) {
    this.#text = text;
    this.#nodes = nodes;
  }

  read(): ReadFields {
    for (const [i, node] of this.#nodes.entries()) {
      if (this.#at >= this.#text.length) break;
      const isFx = node.kind === 'field' && node.upper === 'FX';
      if (!this.#exact && !isFx && (node.kind === 'field' || i === 0)) this.#extra += this.#skipSpaces();
      if (node.kind === 'field') this.#take(node, i);
      else if (node.kind === 'separator') this.#separator();
      else if (this.#exact || this.#extra <= 0) this.#skipCharacter();
      else this.#extra--;
    }
    return this.#fields;
  }

  #skipSpaces(): number {
    const from = this.#at;
    while (SPACE.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at - from;
  }

  #skipCharacter(): void {
    this.#at += (this.#text.codePointAt(this.#at) ?? 0) > 0xffff ? 2 : 1;
  }

  /** A space or separator of the template stands for one of the text, or for none. */
  #separator(): void {
    if (this.#exact) return this.#skipCharacter();
    if (/[ \t\n\v\f\r!-/:-@[-`{-~]/.test(this.#text[this.#at]!)) this.#at++;
    else this.#extra--;
  }

  #take(node: TemplateNode & { kind: 'field' }, place: number): void {
    this.#keepConvention(node.upper);
    if (node.upper === 'FX') this.#exact = true;
    else this.#field(node, place);
    if (this.#exact) return;
    this.#extra = this.#skipSpaces();
  }

  #keepConvention(field: string): void {
    const convention = fieldConvention(field);
    const fields = this.#fields;
    if (convention === undefined) return;
    if (fields.convention !== undefined && fields.convention !== convention)
      fail('22007', 'invalid combination of date conventions');
    fields.convention = convention;
  }

  #field(node: TemplateNode & { kind: 'field' }, place: number): void {
    if (this.#word(node)) return;
    const { upper } = node;
    if (/^(TZ|OF|TZH|TZM)$/.test(upper)) this.#zone(node, place);
    else if (upper === 'Y,YYY') this.#yearWithComma(node);
    else this.#number(node, place);
    if (node.ordinal && !/^(TZ|OF|TZH|TZM)$/.test(upper)) {
      if (this.#at < this.#text.length) this.#skipCharacter();
      if (this.#at < this.#text.length) this.#skipCharacter();
    }
  }

  /** Names of months and days, halves of the day, eras. */
  #word({ upper, localised }: TemplateNode & { kind: 'field' }): boolean {
    switch (upper) {
      case 'A.M.':
      case 'P.M.':
        return this.#halfOfDay(['a.m.', 'p.m.'], upper);
      case 'AM':
      case 'PM':
        return this.#halfOfDay(['am', 'pm'], upper);
      case 'A.D.':
      case 'B.C.':
        return this.#set('isBc', this.#find(['a.d.', 'b.c.'], upper), upper);
      case 'AD':
      case 'BC':
        return this.#set('isBc', this.#find(['ad', 'bc'], upper), upper);
      case 'RM':
        return this.#set('month', 12 - this.#find(ROMAN, upper), upper);
      case 'MONTH':
      case 'MON':
        if (localised) fail('0A000', `TM${upper} of to_date and to_timestamp is not supported`);
        return this.#set(
          'month',
          this.#find(
            MONTHS.map((name) => cut(name, upper, 'MON')),
            upper,
          ) + 1,
          upper,
        );
      case 'DAY':
      case 'DY':
        if (localised) fail('0A000', `TM${upper} of to_date and to_timestamp is not supported`);
        this.#set(
          'weekday',
          this.#find(
            DAYS.map((name) => cut(name, upper, 'DY')),
            upper,
          ),
          upper,
        );
        this.#fields.weekday++;
        return true;
      default:
        return false;
    }
  }

  #halfOfDay(names: readonly string[], field: string): boolean {
    this.#set('isPm', this.#find(names, field), field);
    this.#fields.twelveHours = true;
    return true;
  }

  /** Which of the names stands here, in any letter case. */
  #find(names: readonly string[], field: string): number {
    const rest = this.#text
      .slice(this.#at, this.#at + 12)
      .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    const found = names.findIndex((name) => rest.startsWith(name));
    if (found < 0) invalid(this.#text.slice(this.#at), field);
    this.#at += names[found]!.length;
    return found;
  }

  #set(name: NumberName, value: number, field: string): true {
    const known = this.#fields[name];
    if (known !== 0 && known !== value)
      fail('22007', `conflicting values for "${field}" field in formatting string`);
    this.#fields[name] = value;
    return true;
  }

  /** An integer of so many characters, or of as many as there are where no digit follows; how many were read. */
  #integer(
    name: NumberName | undefined,
    length: number,
    node: TemplateNode & { kind: 'field' },
    place: number,
  ): number {
    const from = this.#at;
    this.#skipSpaces();
    const open = node.anyLength || this.#isOpen(node, place);
    const value = open ? this.#openInteger(from) : this.#closedInteger(length, node.upper);
    if (this.#at === from) invalid(this.#text.slice(from), node.upper);
    if (value > INT32_MAX || value < -INT32_MAX - 1)
      fail('22008', `value for "${node.upper}" in source string is out of range`);
    if (name !== undefined) this.#set(name, value, node.upper);
    return this.#at - from;
  }

  #openInteger(from: number): number {
    INTEGER.lastIndex = from;
    const match = INTEGER.exec(this.#text);
    this.#at = match === null ? from : INTEGER.lastIndex;
    return Number(match?.[1] ?? 0);
  }

  #closedInteger(length: number, field: string): number {
    const piece = this.#text.slice(this.#at, this.#at + length);
    if (piece.length < length) fail('22007', `source string too short for "${field}" formatting field`);
    INTEGER.lastIndex = 0;
    const match = INTEGER.exec(piece);
    const used = match === null ? 0 : INTEGER.lastIndex;
    if (used > 0 && used < length) invalid(piece, field);
    this.#at += used;
    return Number(match?.[1] ?? 0);
  }

  /** Does something follow that is no digit? */
  #isOpen(node: TemplateNode & { kind: 'field' }, place: number): boolean {
    if (node.ordinal) return true;
    const next = this.#nodes[place + 1];
    if (next === undefined) return true;
    if (next.kind === 'field') return !isNumberField(next.upper);
    return !/^[0-9]$/.test(next.text);
  }

  #zone(node: TemplateNode & { kind: 'field' }, place: number): void {
    const { upper } = node;
    if (upper === 'TZ' && this.#namedZone()) return;
    if (upper === 'TZM') {
      if (this.#fields.zoneSign === 0) this.#fields.zoneSign = 1;
      this.#integer('zoneMinute', 2, node, place);
      return;
    }
    const sign = this.#text[this.#at];
    if (sign === '+' || sign === '-' || sign === ' ') {
      this.#fields.zoneSign = sign === '-' ? -1 : 1;
      this.#at++;
    } else this.#fields.zoneSign = this.#extra > 0 && this.#text[this.#at - 1] === '-' ? -1 : 1;
    this.#integer('zoneHour', 2, node, place);
    if (upper === 'TZH' || this.#text[this.#at] !== ':') return;
    this.#at++;
    this.#integer('zoneMinute', 2, node, place);
  }

  /** Of the abbreviations of zones, those of UTC. */
  #namedZone(): boolean {
    const [name] = /^[A-Za-z]*/.exec(this.#text.slice(this.#at)) ?? [''];
    if (name === '') return false;
    if (!/^(utc|gmt|z)$/i.test(name)) fail('0A000', `time zone "${name}" in to_timestamp is not supported`);
    this.#at += name.length;
    this.#fields.isUtc = true;
    this.#fields.zoneSign = 0;
    return true;
  }

  #yearWithComma(node: TemplateNode & { kind: 'field' }): void {
    const match = /^[ \t\n\v\f\r]*([+-]?[0-9]+),[ \t\n\v\f\r]*([+-]?[0-9]{1,3})/.exec(
      this.#text.slice(this.#at),
    );
    // The sign is one of the three places.
    const years = match === null ? null : /^[+-]?[0-9]+/.exec(match[2]!.slice(0, 3));
    if (match === null || years === null) invalid(this.#text.slice(this.#at), node.upper);
    const year = Number(match[1]) * 1000 + Number(years[0]);
    if (Math.abs(year) > INT32_MAX || Math.abs(Number(match[1])) > INT32_MAX)
      fail('22008', `value for "${node.upper}" in source string is out of range`);
    this.#at += match[0].length - match[2]!.length + years[0].length;
    this.#set('year', year, node.upper);
    this.#fields.yearDigits = 4;
  }

  #number(node: TemplateNode & { kind: 'field' }, place: number): void {
    const { upper } = node;
    const fields = this.#fields;
    const read = (name: NumberName | undefined, length = upper.length): number =>
      this.#integer(name, length, node, place);
    switch (upper) {
      case 'HH':
      case 'HH12':
        read('hour', 2);
        fields.twelveHours = true;
        return;
      case 'HH24':
        read('hour', 2);
        return;
      case 'MS': {
        const length = read('millis', 3);
        fields.millis *= length === 1 ? 100 : length === 2 ? 10 : 1;
        return;
      }
      case 'ID':
        read('weekday', 1);
        if (++fields.weekday > 7) fields.weekday = 1;
        return;
      case 'IDDD':
        read('dayOfYear', 3);
        return;
      case 'US':
        return this.#fraction(read('micros', 6));
      default:
        break;
    }
    if (upper.startsWith('FF')) {
      fields.precision = Number(upper[2]);
      this.#fraction(read('micros', fields.precision));
    } else if (/^I?Y+$|^I$/.test(upper)) this.#year(read('year'), upper);
    else read(PLAIN[upper]);
  }

  #fraction(length: number): void {
    this.#fields.micros *= length < 6 ? 10 ** (6 - length) : 1;
  }

  /** A year of fewer than four digits is the one nearest to 2020. */
  #year(length: number, field: string): void {
    const fields = this.#fields;
    fields.yearDigits = field.length;
    if (field.length < 4 && length < 4) fields.year = nearest2020(fields.year);
  }
}

function cut(name: string, field: string, short: string): string {
  return field === short ? name.slice(0, 3) : name;
}

function nearest2020(year: number): number {
  if (year < 70) return year + 2000;
  if (year < 100) return year + 1900;
  if (year < 520) return year + 2000;
  return year < 1000 ? year + 1000 : year;
}

/** Fields that are nothing but a number. The quarter is read and passed over. */
const PLAIN: Readonly<Record<string, NumberName | undefined>> = {
  MI: 'minute',
  SS: 'second',
  SSSS: 'secondOfDay',
  SSSSS: 'secondOfDay',
  MM: 'month',
  DD: 'day',
  DDD: 'dayOfYear',
  D: 'weekday',
  WW: 'week',
  IW: 'week',
  W: 'weekOfMonth',
  CC: 'century',
  J: 'julian',
  Q: undefined,
};
