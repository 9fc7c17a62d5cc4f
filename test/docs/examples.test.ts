// The programs of docs/examples, run against the service over the views of docs/tour.sql.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../integration/eventually.ts';
import { millrace, startService } from '../integration/service.ts';
import { freshDatabase } from '../setup/parts.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function run(example: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(ROOT, 'docs', 'examples', example);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

it('programs of docs/examples read and follow a view', { timeout: 60_000 }, async () => {
  const { url } = await freshDatabase();
  const service = await startService({ databaseUrl: url });
  expect((await millrace(['sql', join(ROOT, 'docs', 'tour.sql')], service.env)).code).toBe(0);
  const bids = await eventually('all bids are counted', async () => {
    const { stdout } = await millrace(
      ['query', 'SELECT count(*) AS n, sum(bids) AS bids FROM tour_channels', '--json'],
      service.env,
    );
    const { bids: all } = JSON.parse(stdout) as { bids: string | null };
    return all === '46000' ? all : undefined;
  });

  const read = await run('query-view.ts', [], { ...process.env, DATABASE_URL: url });
  expect(read.split('\n')[0]).toMatch(/^Apple: \d+ bids, \d+ at most$/);
  const ws = `${service.api.replace('http', 'ws')}/graphql`;
  const followed = await run('follow-view.ts', ['1'], { ...process.env, MILLRACE_GRAPHQL: ws });
  expect(followed).toMatch(new RegExp(`^\\d+ channels, ${bids} bids\\n$`));
});
