// A schema of a registry that makes no sense, in whatever language it is.

import { MillraceError } from '../../errors.ts';

export function badSchema(what: string): MillraceError {
  return new MillraceError({
    code: 'BAD_SCHEMA',
    domain: 'external',
    message: `a schema of the registry cannot be used: ${what}`,
    hint: 'look at the schema in the registry',
  });
}
