// The schema registries that submitted SQL may reach: those of the configuration and nothing else, because a statement is otherwise a way
// to make the service ask any address within its network.

import type { RegistryFormat } from '../catalog/format.ts';
import { RegistryClient } from '../connectors/registry/registry-client.ts';
import { SchemaCache } from '../connectors/registry/schema-cache.ts';
import { MillraceError } from '../errors.ts';

export class SchemaRegistries {
  private readonly allowed: readonly string[];
  private readonly caches = new Map<string, SchemaCache>();

  /** Addresses; a source may name them or what is below them. */
  constructor(allowed: readonly string[]) {
    this.allowed = allowed.map(normal);
  }

  of({ url, username, password }: Pick<RegistryFormat, 'url' | 'username' | 'password'>): SchemaCache {
    const address = {
      url: this.permitted(url),
      ...(username === null ? {} : { username, password: password ?? '' }),
    };
    const key = JSON.stringify(address);
    let cache = this.caches.get(key);
    if (cache === undefined) {
      cache = new SchemaCache(new RegistryClient(address));
      this.caches.set(key, cache);
    }
    return cache;
  }

  private permitted(url: string | null): string {
    if (url === null) {
      const [only] = this.allowed;
      if (only !== undefined && this.allowed.length === 1) return only;
      throw notNamed(this.allowed.length);
    }
    const wanted = normal(url);
    if (this.allowed.some((allowed) => wanted === allowed || wanted.startsWith(`${allowed}/`))) return wanted;
    throw notAllowed(url);
  }
}

/** One spelling of an address, without what is not part of it. */
function normal(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw notAllowed(url);
  let end = parsed.pathname.length;
  while (parsed.pathname[end - 1] === '/') end--;
  return `${parsed.origin}${parsed.pathname.slice(0, end)}`;
}

function notAllowed(url: string): MillraceError {
  return new MillraceError({
    code: 'REGISTRY_NOT_ALLOWED',
    message: `the schema registry "${url}" is not allowed on this installation`,
    hint: 'start the service with MILLRACE_SCHEMA_REGISTRIES=http://host:8081,…; sources can then use those',
  });
}

function notNamed(allowed: number): MillraceError {
  return new MillraceError({
    code: 'REGISTRY_NOT_ALLOWED',
    message:
      allowed === 0
        ? 'no schema registry is allowed on this installation'
        : `${allowed} schema registries are allowed: name one`,
    hint:
      allowed === 0
        ? 'start the service with MILLRACE_SCHEMA_REGISTRIES=http://host:8081'
        : "write (schema.registry = 'http://host:8081') behind ENCODE",
  });
}
