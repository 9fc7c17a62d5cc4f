// GraphiQL, from installed packages: it works without a network. One page, its scripts and one style sheet, nothing inline,
// so that the page's policy can forbid scripts from anywhere else.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const packages = createRequire(import.meta.url);

const FILES: Readonly<
  Record<string, { readonly from: readonly [name: string, file: string]; readonly type: string }>
> = {
  'react.js': { from: ['react', 'umd/react.production.min.js'], type: 'text/javascript' },
  'react-dom.js': { from: ['react-dom', 'umd/react-dom.production.min.js'], type: 'text/javascript' },
  'graphiql.js': { from: ['graphiql', 'graphiql.min.js'], type: 'text/javascript' },
  'graphql-ws.js': { from: ['graphql-ws', 'umd/graphql-ws.min.js'], type: 'text/javascript' },
  'graphiql.css': { from: ['graphiql', 'graphiql.min.css'], type: 'text/css' },
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace GraphiQL</title>
<link rel="stylesheet" href="graphiql/graphiql.css">
<link rel="stylesheet" href="graphiql/page.css">
</head>
<body>
<div id="graphiql"></div>
<script src="graphiql/react.js"></script>
<script src="graphiql/react-dom.js"></script>
<script src="graphiql/graphql-ws.js"></script>
<script src="graphiql/graphiql.js"></script>
<script src="graphiql/start.js"></script>
</body>
</html>
`;

/** The token, when one is needed, is written into GraphiQL's own headers editor: {"authorization": "Bearer …"}. */
const START = `'use strict';
const path = location.pathname.replace(/graphiql\\/?$/, 'graphql');
const socket = new URL(path, location.href);
socket.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
let headers = {};
const wsClient = graphqlWs.createClient({ url: socket.href, lazy: true, connectionParams: () => headers });
const fetcher = GraphiQL.createFetcher({ url: path, wsClient });
const withHeaders = (parameters, options) => {
  headers = (options && options.headers) || {};
  return fetcher(parameters, options);
};
const query = '# Views are fields. Try:\\n#\\n# { catalog { kind name columns { name type } } }\\n#\\n# mutation { submit(sql: "...") { command names } }\\n\\n{ catalog { kind name } }\\n';
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher: withHeaders, defaultQuery: query, isHeadersEditorEnabled: true }),
);
`;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self' ws: wss:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function serveGraphiQL(app: FastifyInstance): void {
  app.get('/graphiql', (_, reply) =>
    reply
      .type('text/html')
      .header('content-security-policy', POLICY)
      .header('x-frame-options', 'DENY')
      .send(PAGE),
  );
  app.get('/graphiql/start.js', (_, reply) => reply.type('text/javascript').send(START));
  app.get('/graphiql/page.css', (_, reply) =>
    reply.type('text/css').send('html, body, #graphiql { height: 100%; margin: 0 }'),
  );
  for (const [name, { from, type }] of Object.entries(FILES)) {
    app.get(`/graphiql/${name}`, async (_, reply) => {
      const folder = join(packages.resolve(`${from[0]}/package.json`), '..');
      const content = await readFile(join(folder, from[1]));
      return reply.type(type).header('cache-control', 'public, max-age=3600').send(content);
    });
  }
}
