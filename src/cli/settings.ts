// Where settings come from: flags, then the environment, then a `.env` file, then the configuration file, each winning over the next.
// What nobody reads is refused by its name: a misspelt setting would otherwise be a default in silence.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { didYouMean } from '../catalog/near.ts';
import { fileKeyOf, flagOf, SETTINGS } from '../config.ts';
import { MillraceError } from '../errors.ts';

const FILE = 'millrace.toml';

/** Variables of ours that are no settings of the service. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'MILLRACE_CONFIG',
  'MILLRACE_CACHE_DIR',
  // Of the tests and benchmarks.
  'MILLRACE_SOAK',
  'MILLRACE_URL',
]);

type Texts = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** By variable; what is set nowhere is not in it. */
  readonly texts: Readonly<Record<string, string>>;
  /** Where each was set, as a user names it. */
  readonly places: Readonly<Record<string, string>>;
}

interface Layer {
  readonly texts: Texts;
  readonly place: (variable: string) => string;
}

/** Flags that set something, as `parseArgs` wants them. */
export function settingFlags(): Readonly<Record<string, { readonly type: 'string' }>> {
  return Object.fromEntries(
    SETTINGS.flatMap(({ variable, secret }) =>
      secret === true ? [] : [[flagOf(variable), { type: 'string' as const }]],
    ),
  );
}

/** `flags` by their names, without dashes. The files are looked for in `folder`. */
export function readSettings(env: Texts, flags: Texts, folder: string): Settings {
  const dotenv = readIfThere(join(folder, '.env'));
  const layers: Layer[] = [
    { texts: ofFlags(flags), place: (variable) => `flag --${flagOf(variable)}` },
    { texts: known(env, 'the environment'), place: () => 'environment' },
    { texts: dotenv === null ? {} : known(parseEnv(dotenv), '.env'), place: () => '.env' },
  ];
  layers.push(fileLayer(firstOf(layers, 'MILLRACE_CONFIG'), folder));
  const texts: Record<string, string> = {};
  const places: Record<string, string> = {};
  for (const { variable } of SETTINGS) {
    const layer = layers.find(({ texts: of }) => (of[variable] ?? '') !== '');
    if (layer === undefined) continue;
    texts[variable] = layer.texts[variable]!;
    places[variable] = layer.place(variable);
  }
  return { texts, places };
}

function firstOf(layers: readonly Layer[], variable: string): string | undefined {
  return layers.map(({ texts }) => texts[variable]).find((text) => text !== undefined && text !== '');
}

function ofFlags(flags: Texts): Texts {
  const settings = SETTINGS.map(({ variable }) => [variable, flags[flagOf(variable)]] as const);
  return Object.fromEntries([...settings, ['MILLRACE_CONFIG', flags['config']]]);
}

/** Only names that begin as ours do can be ours misspelt. */
function known(texts: Texts, where: string): Texts {
  const names = SETTINGS.map(({ variable }) => variable);
  for (const name of Object.keys(texts))
    if (name.startsWith('MILLRACE_') && !names.includes(name) && !OTHER_VARIABLES.has(name))
      throw unknownSetting(name, where, names);
  return texts;
}

function fileLayer(named: string | undefined, folder: string): Layer {
  const path = named ?? join(folder, FILE);
  const shown = named ?? FILE;
  const text = named === undefined ? readIfThere(path) : readNamed(path);
  if (text === null) return { texts: {}, place: () => shown };
  const variables = new Map(SETTINGS.map(({ variable }) => [fileKeyOf(variable), variable]));
  const texts = Object.entries(parseFile(text, shown)).map(([key, value]) => {
    const variable = variables.get(key);
    if (variable === undefined) throw unknownSetting(key, shown, [...variables.keys()]);
    return [variable, textOf(key, value, shown)];
  });
  return {
    texts: Object.fromEntries(texts) as Texts,
    place: (variable) => `${fileKeyOf(variable)} in ${shown}`,
  };
}

function parseFile(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { message, line, column } = cause;
    throw new MillraceError({
      code: 'INVALID_CONFIG',
      message: `${file}, line ${line}, column ${column}: ${message.split('\n')[0]!}`,
      hint: 'the file is TOML: lines such as demo_rate = 500, see docs/configuration.md',
      cause,
    });
  }
}

function textOf(key: string, value: unknown, file: string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  throw new MillraceError({
    code: 'INVALID_CONFIG',
    message: `${key} in ${file} is not a text, number, boolean or list of texts`,
    hint: `write ${key} = "…"; the settings have no sections`,
  });
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return null;
    throw notReadable(path, error);
  }
}

function readNamed(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw notReadable(path, error);
  }
}

function notReadable(path: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'FILE_NOT_READABLE',
    message: `the configuration ${path} cannot be read`,
    hint: 'name a file that is there with --config or MILLRACE_CONFIG, or leave both out',
    cause,
  });
}

function unknownSetting(name: string, where: string, names: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_SETTING',
    message: `there is no setting "${name}" (in ${where})`,
    hint: didYouMean(name, names) ?? '"millrace config" lists the settings',
  });
}
