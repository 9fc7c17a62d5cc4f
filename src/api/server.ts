// The web server: GraphQL over HTTP and WebSocket, GraphiQL, health and metrics on one port.

import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import fastify from 'fastify';
import { validateSchema } from 'graphql';
import { Pool } from '../postgres/pool.ts';
import type { ChangeFeed } from '../views/change-feed.ts';
import type { ChangeTail } from '../views/change-tail.ts';
import { tailChanges } from '../views/change-tail.ts';
import { MillraceError } from '../errors.ts';
import type { PipelineControl } from './control.ts';
import { toGraphQLErrors } from './errors.ts';
import { serveGraphiQL } from './graphiql.ts';
import { registerGraphQL } from './graphql-door.ts';
import type { Limits } from './limits.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { MetricSample } from './metrics.ts';
import { newApiMetrics } from './metrics.ts';
import { buildSchema } from './schema/build-schema.ts';
import { successorOf } from './schema/served-view.ts';
import type { Access } from './security.ts';
import { accessFor, unauthenticated } from './security.ts';
import { Subscriptions } from './view-subscription.ts';

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly control: PipelineControl;
  /** Commits of this process; those of others are followed by notification. */
  readonly feed: ChangeFeed;
  /** 127.0.0.1 unless said otherwise. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly token?: string;
  readonly limits?: Partial<Limits>;
  readonly graphiql?: boolean;
  /** Says why the service is not ready, or null. */
  readonly notReady?: () => string | null;
  readonly metrics?: () => readonly MetricSample[];
  /** For what is not the user's mistake. */
  readonly logDefect?: (error: unknown) => void;
}

export interface ApiServer {
  /** http://host:port, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const host = options.host ?? '127.0.0.1';
  const access = accessFor(host, options.token);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const logDefect = options.logDefect ?? (() => {});
  const newPool = (applicationName: string): Pool =>
    new Pool(options.databaseUrl, { applicationName, statementTimeoutMs: limits.statementTimeoutMs });
  const pool = newPool('millrace api');
  // Slow queries do not stand in the way of those who follow views.
  const following = newPool('millrace api following');
  const { feed, control } = options;
  const subscriptions = new Subscriptions(following, feed, limits, logDefect, (view) =>
    successorOf(view, control.catalog),
  );
  const metrics = newApiMetrics(pool, () => subscriptions.count, options.metrics ?? (() => []));
  const tail = tailChanges(following, feed, logDefect);
  const app = newApp(limits, logDefect, () => metrics.countRequest('error'));
  const sockets = socketsOf(app);
  guard(app, access);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> =>
    (closing ??= closeAll(app, sockets, subscriptions, tail, [pool, following]));
  try {
    await registerGraphQL(app, {
      schema: buildSchema(control, subscriptions, limits),
      pool,
      access,
      limits,
      logDefect,
      onAnswer: (outcome) => metrics.countRequest(outcome),
    });
    control.onCatalog(() => {
      const schema = buildSchema(control, subscriptions, limits);
      const [error] = validateSchema(schema);
      // Others go on with the schema that there is.
      if (error === undefined) app.graphql.replaceSchema(schema);
      else logDefect(error);
    });
    serveHealth(app, pool, options.notReady ?? (() => null));
    app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.render()));
    if (options.graphiql !== false) serveGraphiQL(app);
    const url = await listen(app, host, options.port);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Node forgets connections that asked to become WebSockets, and waits for them for ever. */
function socketsOf(app: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

const CLOSE_PATIENCE_MS = 1000;

async function closeAll(
  app: FastifyInstance,
  sockets: ReadonlySet<Socket>,
  subscriptions: Subscriptions,
  tail: ChangeTail,
  pools: readonly Pool[],
): Promise<void> {
  subscriptions.close();
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_PATIENCE_MS);
  await app.close();
  clearTimeout(cut);
  await tail.close();
  for (const pool of pools) await pool.close();
}

function newApp(limits: Limits, logDefect: (error: unknown) => void, onError: () => void): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: limits.bodyBytes, forceCloseConnections: true });
  // What a form or a plain script of another site can send without asking first is not read: only JSON is.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, _, reply) => {
    const errors = toGraphQLErrors(error, logDefect);
    onError();
    return reply.code(statusOf(error, errors[0]?.extensions['code'])).send({ data: null, errors });
  });
  return app;
}

function statusOf(error: unknown, code: unknown): number {
  if (code === 'UNAUTHENTICATED') return 401;
  if (code === 'FORBIDDEN_HOST' || code === 'FORBIDDEN_ORIGIN') return 403;
  if (error instanceof Error && 'statusCode' in error) return Number(error.statusCode);
  if (code === 'POSTGRES_UNREACHABLE' || code === 'POSTGRES_BUSY') return 503;
  return code === undefined || code === 'INTERNAL' ? 500 : 400;
}

/** Liveness is for whoever asks; a WebSocket may bring its token later, see graphql-door.ts. */
function guard(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request) => {
    access.checkPlace(request.headers);
    if (!access.needsToken || isOpen(request.url)) return;
    const { authorization, upgrade } = request.headers;
    if (authorization === undefined && upgrade?.toLowerCase() === 'websocket') return;
    if (!access.isAllowed(authorization)) throw unauthenticated();
  });
}

/** GraphiQL's page and scripts hold no data; what it asks for needs the token. */
function isOpen(url: string): boolean {
  return url.startsWith('/health/') || /^\/graphiql($|[/?])/.test(url);
}

function serveHealth(app: FastifyInstance, pool: Pool, notReady: () => string | null): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply: FastifyReply) => {
    const cause = notReady() ?? (await databaseTrouble(pool));
    if (cause === null) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', cause });
  });
}

async function databaseTrouble(pool: Pool): Promise<string | null> {
  try {
    await pool.query('SELECT');
    return null;
  } catch {
    return 'Postgres cannot be reached';
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw new MillraceError({
      code: 'PORT_IN_USE',
      domain: 'external',
      message: `port ${port} of ${host} is taken`,
      hint: 'end what listens there, or choose another port',
    });
  }
}
