// A template of times as it is read by: fields, characters that stand for one of the text, and separators, which may stand for
// none.

import { parseTimeFormat } from './time-format.ts';

export type TemplateNode =
  | {
      readonly kind: 'field';
      readonly upper: string;
      /** FM: as many digits as there are. */
      readonly anyLength: boolean;
      /** TH behind it: two characters more. */
      readonly ordinal: boolean;
      readonly localised: boolean;
    }
  | { readonly kind: 'separator' | 'character'; readonly text: string };

const parsed = new Map<string, readonly TemplateNode[]>();

export function readTemplate(template: string): readonly TemplateNode[] {
  const known = parsed.get(template);
  if (known !== undefined) return known;
  const nodes = parseTimeFormat(template).flatMap((piece): TemplateNode[] => {
    if (piece.kind === 'field') {
      const localised = /^TM/.test(piece.field);
      const upper = (localised ? piece.field.slice(2) : piece.field).toUpperCase();
      return [
        { kind: 'field', upper, anyLength: !piece.fill, ordinal: piece.ordinal !== undefined, localised },
      ];
    }
    if (piece.quoted) return Array.from(piece.text, (text) => ({ kind: 'character', text }));
    const kind = /^[ \t\n\v\f\r!-/:-@[-`{-~]$/.test(piece.text) ? 'separator' : 'character';
    return [{ kind, text: piece.text }];
  });
  if (parsed.size < 1000) parsed.set(template, nodes);
  return nodes;
}

/** Fields of which not both may stand in one template: those of the calendar, and those of ISO weeks. */
export function fieldConvention(upper: string): 'calendar' | 'iso' | undefined {
  if (/^I(DDD|D|W|YYY|YY|Y)?$/.test(upper)) return 'iso';
  return /^(DDD|DD|D|MM|MONTH|MON|RM|WW|W|Y,YYY|Y{1,4})$/.test(upper) ? 'calendar' : undefined;
}

export function isNumberField(upper: string): boolean {
  return /^(CC|D{1,3}|FF[1-6]|HH(24|12)?|I(DDD|D|W|Y{0,3})|J|MI|MM|MS|Q|S{2}|S{4,5}|TZM|US|WW?|Y,YYY|Y{1,4})$/.test(
    upper,
  );
}
