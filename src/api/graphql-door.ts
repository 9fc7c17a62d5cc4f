// Mercurius, set up: context of requests and sockets, checks before an operation runs, errors on the way out.

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { Kind, OperationTypeNode, validate } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import mercurius from 'mercurius';
import { MillraceError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import { checkComplexity } from './complexity.ts';
import { InFlight, InFlightOfAll } from './in-flight.ts';
import { checkNesting, checkNestingOf } from './nesting.ts';
import { guardSocket } from './socket-guard.ts';
import type { LogDefect } from './errors.ts';
import { toGraphQLError, toGraphQLErrors } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Api } from './request.ts';
import { ReadBatch } from './request.ts';
import type { Access } from './security.ts';
import { unauthenticated } from './security.ts';

export interface DoorOptions {
  readonly schema: GraphQLSchema;
  /** For queries. */
  readonly pool: Pool;
  readonly access: Access;
  readonly limits: Limits;
  readonly logDefect: LogDefect;
  readonly onAnswer: (outcome: 'ok' | 'error') => void;
}

interface Context extends MercuriusContext {
  readonly api: Api;
  readonly authorization?: string;
  /** What the client sent with connection_init. */
  readonly _connectionInit?: Readonly<Record<string, unknown>>;
}

const KEEP_ALIVE_MS = 20_000;

export async function registerGraphQL(app: FastifyInstance, options: DoorOptions): Promise<void> {
  const { pool, limits, logDefect } = options;
  const inFlightOfAll = new InFlightOfAll(limits.bytesInFlightOfAll, limits.slowPatienceMs);
  const newApi = (connection: Api['connection']): { api: Api } => ({
    api: { requester: 'graphql', reads: new ReadBatch(pool, limits.answerBytes), connection },
  });
  app.addHook('preHandler', async (request) => {
    const { variables } = (request.body ?? {}) as { readonly variables?: unknown };
    const error = checkNestingOf(variables, limits.nesting);
    if (error !== null) throw error;
  });
  await app.register(mercurius, {
    schema: options.schema,
    path: '/graphql',
    graphiql: false,
    queryDepth: limits.depth,
    graphql: { parseOptions: { maxTokens: 10_000 } },
    context: () => newApi(null),
    // What is refused before it is an operation goes to the error handler of the server.
    errorHandler: false,
    errorFormatter: (execution) => {
      options.onAnswer('error');
      const errors = (execution.errors ?? []).flatMap((error) => toGraphQLErrors(error, logDefect));
      return { statusCode: 200, response: { data: execution.data ?? null, errors } };
    },
    subscription: {
      keepAlive: KEEP_ALIVE_MS,
      context: (socket, request) => {
        guardSocket(socket, limits.nesting, (error) => toGraphQLError(error, logDefect));
        return {
          ...newApi({
            subscriptions: 0,
            inFlight: new InFlight(limits.bytesInFlight, inFlightOfAll, () => socket.terminate()),
            cut: () => socket.terminate(),
          }),
          authorization: (request as unknown as FastifyRequest).headers.authorization,
        };
      },
    },
  });
  const refuseNesting = async (_: GraphQLSchema, source: string): Promise<void> => {
    const error = checkNesting(source, limits.nesting);
    if (error !== null) throw toGraphQLError(error, logDefect);
  };
  app.graphql.addHook('preParsing', refuseNesting);
  app.graphql.addHook('preExecution', async (_, document, __, variables) => {
    const error = refuseSubscription(document) ?? checkComplexity(document, variables, limits);
    if (error !== null) throw toGraphQLError(error, logDefect);
  });
  app.graphql.addHook('onResolution', async (execution) => {
    if (execution.errors === undefined) options.onAnswer('ok');
  });
  app.graphql.addHook('preSubscriptionExecution', async (schema, document, context) => {
    checkSubscription(options, schema, document, context as unknown as Context);
  });
}

/** What goes on needs a socket. */
function refuseSubscription({ definitions }: DocumentNode): MillraceError | null {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (
    operations.length === 0 ||
    operations.some(({ operation }) => operation !== OperationTypeNode.SUBSCRIPTION)
  )
    return null;
  return new MillraceError({
    code: 'SUBSCRIPTION_OVER_HTTP',
    message: 'a subscription goes on, and an answer over HTTP ends',
    hint: 'subscribe over a WebSocket at the same address, by the protocol graphql-transport-ws; what a view holds now is a query',
  });
}

/** Over a socket, mercurius neither validates documents nor knows the token. */
function checkSubscription(
  { access, limits, logDefect }: DoorOptions,
  schema: GraphQLSchema,
  document: Parameters<typeof validate>[1],
  context: Context,
): void {
  const given = context.authorization ?? context._connectionInit?.['authorization'];
  const headers = context._connectionInit?.['headers'] as IncomingHttpHeaders | undefined;
  if (!access.isAllowed(given ?? headers?.authorization)) throw toGraphQLError(unauthenticated(), logDefect);
  const [invalid] = validate(schema, document);
  if (invalid !== undefined) throw toGraphQLError(invalid, logDefect);
  const tooMuch = checkComplexity(document, null, limits);
  if (tooMuch !== null) throw toGraphQLError(tooMuch, logDefect);
}
