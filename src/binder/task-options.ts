// parallelism, isolation and max_memory, in WITH (…) of a materialized view and in ALTER … SET (…). They belong to the pipeline: views that are
// submitted together say the same, or nothing.

import type { Isolation, TaskOptions } from '../catalog/task-options.ts';
import { AS_CONFIGURED, ISOLATIONS, MAX_PARALLELISM, MIN_MEMORY } from '../catalog/task-options.ts';
import type { Option } from '../sql/statement.ts';
import { invalidOption } from './fail.ts';
import type { Options } from './options.ts';

/** What a statement says; what it does not say is absent. `default` says: as the service is configured. */
export type SaidTasks = Partial<TaskOptions>;

export function readTaskOptions(options: Options): SaidTasks {
  const parallelism = options.find('parallelism');
  const isolation = options.find('isolation');
  const maxMemory = options.find('max_memory');
  return {
    ...(parallelism === undefined ? {} : { parallelism: readParallelism(parallelism) }),
    ...(isolation === undefined ? {} : { isolation: readIsolation(isolation) }),
    ...(maxMemory === undefined ? {} : { maxMemory: readMemory(maxMemory) }),
  };
}

function readParallelism(option: Option): number | null {
  if (option.value === 'default') return null;
  const tasks = Number(option.value);
  if (/^\d+$/.test(option.value) && tasks >= 1 && tasks <= MAX_PARALLELISM) return tasks;
  throw invalidOption(
    'parallelism',
    `"${option.value}" is no whole number from 1 to ${MAX_PARALLELISM}`,
    option.valueSpan,
    'write it like 2; default is what the service is configured for',
  );
}

function readIsolation(option: Option): Isolation | null {
  const given = option.value.toLowerCase();
  if (given === 'default') return null;
  const isolation = ISOLATIONS.find((known) => known === given);
  if (isolation !== undefined) return isolation;
  throw invalidOption(
    'isolation',
    `"${option.value}" is none of its values`,
    option.valueSpan,
    `values: ${ISOLATIONS.join(', ')}, default`,
  );
}

const UNITS: Readonly<Record<string, number>> = { mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

function readMemory(option: Option): number | null {
  if (option.value.toLowerCase() === 'default') return null;
  const match = /^(\d+)\s*([a-z]+)$/i.exec(option.value.trim());
  const bytes = match === null ? NaN : Number(match[1]) * (UNITS[match[2]!.toLowerCase()] ?? NaN);
  if (bytes >= MIN_MEMORY && Number.isSafeInteger(bytes)) return bytes;
  throw invalidOption(
    'max_memory',
    `"${option.value}" is no size from ${MIN_MEMORY / 2 ** 20} MB on`,
    option.valueSpan,
    "write it like '512 MB' or '4 GB'; default is what the service is configured for",
  );
}

/** By the name that statements give them. */
const NAMES = [
  ['parallelism', 'parallelism'],
  ['isolation', 'isolation'],
  ['maxMemory', 'max_memory'],
] as const;

/** What the statements of one submission say together. */
export function combineTasks(
  said: readonly { readonly tasks: SaidTasks; readonly options: readonly Option[] }[],
): TaskOptions {
  let combined: SaidTasks = {};
  for (const { tasks, options } of said) {
    for (const [key, name] of NAMES) {
      if (tasks[key] === undefined || combined[key] === undefined || tasks[key] === combined[key]) continue;
      throw invalidOption(
        name,
        'another view of this submission says otherwise',
        options.find((option) => option.key === name)!.valueSpan,
        'what is submitted together is one pipeline: say the same, or submit it apart',
      );
    }
    combined = { ...combined, ...tasks };
  }
  return { ...AS_CONFIGURED, ...combined };
}
