// JSON Schema, as ajv understands it (drafts 6, 7, 2019-09 and 2020-12): one generated function per schema. The only file that knows ajv.

import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft6 from 'ajv/lib/refs/json-schema-draft-06.json' with { type: 'json' };
import formats from 'ajv-formats';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import { badSchema } from './schema-failure.ts';

/** What is wrong with a value; undefined: nothing. */
export type JsonValidator = (value: unknown) => string | undefined;

/** Throws BAD_SCHEMA. */
export function jsonValidator({
  text,
  references,
}: Pick<RegisteredSchema, 'text' | 'references'>): JsonValidator {
  try {
    const schema = JSON.parse(text) as boolean | Readonly<Record<string, unknown>>;
    const ajv = ajvOf(typeof schema === 'object' ? schema['$schema'] : undefined);
    for (const reference of references) ajv.addSchema(JSON.parse(reference.text) as object, reference.name);
    const validate = ajv.compile(schema);
    return (value) => {
      if (validate(value)) return undefined;
      const [error] = validate.errors ?? [];
      return `${error?.instancePath === '' ? 'it' : error?.instancePath} ${error?.message}`;
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'MillraceError') throw error;
    throw badSchema(error instanceof Error ? error.message : String(error));
  }
}

/** Keywords and formats that it does not know say nothing, as the specification has it. */
const OPTIONS = { strict: false, logger: false, validateSchema: true } as const;

function ajvOf(draft: unknown): Ajv {
  const ajv = bare(typeof draft === 'string' ? draft : '');
  formats.default(ajv);
  return ajv;
}

function bare(draft: string): Ajv {
  if (draft.includes('2020-12')) return new Ajv2020(OPTIONS);
  if (draft.includes('2019-09')) return new Ajv2019(OPTIONS);
  if (/draft-0[1-5]/.test(draft))
    throw badSchema(`it is of ${draft}; drafts 6, 7, 2019-09 and 2020-12 are read`);
  const ajv = new Ajv(OPTIONS);
  if (draft.includes('draft-06')) ajv.addMetaSchema(draft6);
  return ajv;
}
