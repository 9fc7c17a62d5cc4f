// JSON of a schema registry: which columns a schema gives, and which records follow it.

import { describe, expect, test } from 'vitest';
import { CheckedDecoder } from '../../src/connectors/formats/checked-decoder.ts';
import { FramedDecoder } from '../../src/connectors/formats/framed-decoder.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { jsonSchemaColumns } from '../../src/connectors/formats/json-schema.ts';
import { SchemaCheck } from '../../src/connectors/formats/schema-check.ts';
import type { RegisteredSchema } from '../../src/connectors/registry/registry-client.ts';
import { BIGINT, typeName } from '../../src/data/types.ts';
import { framed } from './avro-random.ts';
import { columnsOf, outcomes, outputFor } from './decoding.ts';

function registered(schema: unknown, id = 1, more: Partial<RegisteredSchema> = {}): RegisteredSchema {
  return { id, type: 'JSON', text: JSON.stringify(schema), references: [], ...more };
}

/** What becomes of each document, which schema 1 is said to have written. */
function read(schemas: readonly RegisteredSchema[], documents: readonly string[], id = 1): readonly string[] {
  const columns = columnsOf({ a: BIGINT });
  const inner = compileJsonDecoder({ columns, projected: [0], validate: 'strict' });
  const decoder = new CheckedDecoder(
    new FramedDecoder(inner),
    new SchemaCheck((wanted) => schemas.find((schema) => schema.id === wanted)),
  );
  const values = documents.map((document) => framed(id, Buffer.from(document)));
  return outcomes(decoder, values, outputFor(columns, [0])).map((outcome) =>
    'row' in outcome ? String(outcome.row[0]) : `${outcome.code}: ${outcome.message}`,
  );
}

describe('records', () => {
  test('that do not follow their schema are refused, with the place', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'integer', minimum: 1 },
        email: { type: 'string', format: 'email' },
        inner: { type: 'object', properties: { x: { enum: ['p', 'q'] } }, additionalProperties: false },
      },
    };
    const documents = [
      '{"a": 1}',
      '{"a": 0}',
      '{"email": "x"}',
      '{"a": 2, "email": "nobody"}',
      '{"a": 3, "inner": {"x": "r"}}',
      '{"a": 4, "inner": {"y": 1}}',
      '{"a": 5, "email": "a@b.org", "inner": {"x": "p"}}',
      '{"a": "6"}',
      '{"a"',
    ];
    expect(read([registered(schema)], documents)).toEqual([
      '1',
      'NOT_OF_SCHEMA: the value does not follow schema 1: /a must be >= 1',
      "NOT_OF_SCHEMA: the value does not follow schema 1: it must have required property 'a'",
      'NOT_OF_SCHEMA: the value does not follow schema 1: /email must match format "email"',
      'NOT_OF_SCHEMA: the value does not follow schema 1: /inner/x must be equal to one of the allowed values',
      'NOT_OF_SCHEMA: the value does not follow schema 1: /inner must NOT have additional properties',
      '5',
      'NOT_OF_SCHEMA: the value does not follow schema 1: /a must be integer',
      'NOT_JSON: the value is not JSON: {"a"',
    ]);
  });

  test.each([
    'http://json-schema.org/draft-06/schema#',
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('are checked by the rules of %s', (draft) => {
    // prefixItems is of 2020-12 alone, dependentRequired of 2019-09 and later.
    const schema = {
      $schema: draft,
      dependentRequired: { a: ['b'] },
      properties: { l: { prefixItems: [{ type: 'null' }] } },
    };
    const isLater = /20(19|20)/.test(draft);
    const [first, second] = read([registered(schema)], ['{"a": 1}', '{"a": 1, "b": 1, "l": [1]}']);
    expect(first!.startsWith('NOT_OF_SCHEMA')).toBe(isLater);
    expect(second!.startsWith('NOT_OF_SCHEMA')).toBe(draft.includes('2020'));
  });

  test('refer to other schemas by the names of their references', () => {
    const positive = { $id: 'positive.json', type: 'integer', minimum: 1 };
    const schema = registered({ properties: { a: { $ref: 'positive.json' } } }, 1, {
      references: [{ name: 'positive.json', text: JSON.stringify(positive) }],
    });
    expect(read([schema], ['{"a": 1}', '{"a": 0}'])).toEqual([
      '1',
      'NOT_OF_SCHEMA: the value does not follow schema 1: /a must be >= 1',
    ]);
  });

  test('of schemas that are unknown or make no sense are refused', () => {
    const old = { $schema: 'http://json-schema.org/draft-04/schema#' };
    const one = (schema: RegisteredSchema): string => read([schema], ['{"a": 1}'])[0]!;
    expect(one(registered({}, 2))).toBe('UNKNOWN_SCHEMA: the schema registry has no schema 1');
    expect(one(registered({}, 1, { type: 'AVRO' }))).toBe(
      'UNKNOWN_SCHEMA: schema 1 is of type AVRO, not JSON',
    );
    expect(one(registered(old))).toMatch(/^UNKNOWN_SCHEMA: .*drafts 6, 7, 2019-09 and 2020-12 are read$/);
    expect(one(registered({ type: 'nonsense' }))).toMatch(
      /^UNKNOWN_SCHEMA: schema 1: a schema of the registry cannot be used/,
    );
    expect(one(registered({ $ref: 'elsewhere.json' }))).toMatch(/^UNKNOWN_SCHEMA/);
  });
});

test('columns of a schema', () => {
  const schema = {
    definitions: {
      place: {
        type: 'object',
        properties: { city: { type: 'string' }, at: { type: 'array', items: { type: 'number' } } },
      },
    },
    type: 'object',
    required: ['id', 'place'],
    properties: {
      id: { type: 'integer' },
      ratio: { type: ['number', 'null'] },
      born: { type: 'string', format: 'date' },
      seen: { type: 'string', format: 'date-time' },
      key: { type: 'string', format: 'uuid' },
      place: { $ref: '#/definitions/place' },
      tags: { type: 'array', items: { type: 'string' } },
      grid: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
      free: { type: 'object' },
      either: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      perhaps: { oneOf: [{ type: 'null' }, { type: 'boolean' }] },
      anything: {},
    },
  };
  const shown = jsonSchemaColumns(JSON.stringify(schema)).map(
    ({ name, type, nullable }) => `${name} ${typeName(type)}${nullable ? '' : ' not null'}`,
  );
  expect(shown).toEqual([
    'id bigint not null',
    'ratio double precision',
    'born date',
    'seen timestamp with time zone',
    'key uuid',
    'place struct<city text, at double precision[]> not null',
    'tags text[]',
    'grid jsonb',
    'free jsonb',
    'either jsonb',
    'perhaps boolean',
    'anything jsonb',
  ]);
  expect(() => jsonSchemaColumns('{"type": "string"}')).toThrow('it names no properties of an object');
});
