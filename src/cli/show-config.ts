// `millrace config`: every setting, its value and where it was set. Secrets are never shown.

import { readConfig, SETTINGS } from '../config.ts';
import { tableLines } from '../pipeline/answer.ts';
import type { Output } from './output.ts';
import type { Settings } from './settings.ts';

export function showConfig({ texts, places }: Settings, output: Output): number {
  readConfig(texts, places); // refuses what makes no sense
  const shown = SETTINGS.map(({ variable, fallback, otherwise, secret }) => {
    const text = texts[variable];
    const value = text === undefined ? (fallback ?? otherwise ?? '') : secret === true ? '(hidden)' : text;
    return { setting: variable, value, from: places[variable] ?? 'default' };
  });
  if (output.json)
    for (const { setting, value, from } of shown) output.tell({ event: 'setting', setting, value, from }, '');
  else
    for (const line of tableLines({
      columns: ['setting', 'value', 'from'],
      rows: shown.map(({ setting, value, from }) => [setting, value, from]),
    }))
      output.say(line);
  return 0;
}
