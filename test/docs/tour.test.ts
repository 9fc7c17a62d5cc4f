// The tour of the README, run as it stands there: what its commands print is what the page shows. UPDATE_GOLDEN=1 writes it again.

import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Service } from '../integration/service.ts';
import { folder, startService } from '../integration/service.ts';
import { freshDatabase } from '../setup/parts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const README = join(ROOT, 'README.md');
const TOUR = /(?<=^## A tour of five minutes\n).*?(?=^## )/ms;
const BLOCK = /(?<=^```console\n).*?(?=^```$)/gms;
/** Where `npm start` listens first. */
const SHOWN_API = 'http://127.0.0.1:4000';
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

interface Step {
  readonly command: string;
  readonly shown: string;
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [command = '', ...shown] = part.trimEnd().split('\n');
      return { command: command.slice(2), shown: shown.join('\n') };
    });
}

/** `npx millrace` is this checkout. */
function binFolder(): string {
  const bin = folder('bin');
  const npx = `#!/bin/sh\n[ "$1" = millrace ] || exit 9\nshift\nexec '${process.execPath}' '${join(ROOT, 'bin', 'millrace.js')}' "$@"\n`;
  writeFileSync(join(bin, 'npx'), npx);
  chmodSync(join(bin, 'npx'), 0o755);
  return bin;
}

async function shell(command: string, service: Service, bin: string): Promise<string> {
  const env = { ...service.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const text = `exec 2>&1\n${command.replaceAll(SHOWN_API, service.api)}`;
  const printed = await new Promise<string>((resolve) => {
    execFile('sh', ['-c', text], { env, cwd: ROOT }, (_, stdout) => resolve(stdout));
  });
  return printed.trimEnd();
}

/** What only looks is asked until it shows what it should: views follow their input within a moment. */
async function printed({ command, shown }: Step, service: Service, bin: string): Promise<string> {
  const looks = command.startsWith('curl ') || / millrace query /.test(command);
  if (looks && UPDATE) await sleep(3000);
  const deadline = performance.now() + (looks ? 30_000 : 0);
  for (;;) {
    const text = await shell(command, service, bin);
    if (text === shown || performance.now() >= deadline || UPDATE) return text;
    await sleep(200);
  }
}

it('the tour prints what the README shows', { timeout: 120_000 }, async () => {
  const { url } = await freshDatabase();
  const service = await startService({ databaseUrl: url });
  const bin = binFolder();
  const readme = readFileSync(README, 'utf8');
  const tour = TOUR.exec(readme)![0];
  const steps = [...tour.matchAll(BLOCK)].flatMap(([block]) => stepsOf(block));
  expect(steps.length).toBeGreaterThan(6);
  const run: Step[] = [];
  for (const step of steps) run.push({ ...step, shown: await printed(step, service, bin) });
  if (UPDATE) {
    const rest = [...run];
    const block = (text: string): string =>
      stepsOf(text)
        .map(() => rest.shift()!)
        .map(({ command, shown }) => `$ ${command}\n${shown}\n`)
        .join('');
    writeFileSync(
      README,
      readme.replace(TOUR, () => tour.replace(BLOCK, block)),
    );
    return;
  }
  for (const [i, step] of steps.entries()) expect(run[i], step.command).toEqual(step);
});
