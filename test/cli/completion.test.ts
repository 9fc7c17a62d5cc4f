// Completion, through the real shells' own machinery where they are installed.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete, completionScript } from '../../src/cli/completion.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { readConfig } from '../../src/config.ts';
import { folder, millrace, startService } from '../integration/service.ts';
import { freshDatabase } from '../setup/parts.ts';

const NOWHERE = readConfig({ MILLRACE_DIR: join(import.meta.dirname, 'nowhere') });

describe('completion', () => {
  it('of the first word is a command', async () => {
    expect(await complete(NOWHERE, ['st'])).toEqual(['start', 'stop', 'status']);
    expect(await complete(NOWHERE, [''])).toEqual(COMMANDS.map(({ name }) => name));
    expect(await complete(NOWHERE, ['help', 'ex'])).toEqual(['explain']);
  });

  it('of a dash is a flag of the command, or a setting that is no secret', async () => {
    expect(await complete(NOWHERE, ['explain', '--l'])).toEqual(['--logical']);
    const settings = await complete(NOWHERE, ['start', '--']);
    expect(settings).toContain('--demo-rate');
    expect(settings).not.toContain('--api-token');
    expect(await complete(NOWHERE, ['topic', '--json', 'cr'])).toEqual(['create']);
  });

  it('of a file is a folder or a file of SQL', async () => {
    const root = folder('complete');
    mkdirSync(join(root, 'inner'));
    for (const name of ['a.sql', 'b.txt']) writeFileSync(join(root, name), '');
    expect(await complete(NOWHERE, ['sql', `${root}/`])).toEqual([join(root, 'a.sql'), `${root}/inner/`]);
    expect(await complete(NOWHERE, ['deploy', `${root}/`])).toEqual([`${root}/inner/`]);
  });

  it('of a name is nothing without a service, and no error', async () => {
    expect(await complete(NOWHERE, ['tail', ''])).toEqual([]);
  });

  it('of a name asks the service', { timeout: 60_000 }, async () => {
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url });
    const made = await millrace(
      [
        'sql',
        '-c',
        `CREATE SOURCE numbers (n BIGINT) WITH (connector = 'datagen', datagen.rows = '3') FORMAT PLAIN ENCODE JSON;
         CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n FROM numbers`,
      ],
      service.env,
    );
    expect(made.stderr).toBe('');
    const config = readConfig({ DATABASE_URL: url });
    expect(await complete(config, ['tail', 't'])).toEqual(['total']);
    expect(await complete(config, ['replay', ''])).toEqual(['numbers']);
    expect((await millrace(['complete', '--', 'tail', ''], service.env)).stdout).toBe('total\n');
  });

  it('is set up in bash by its script', () => {
    const bin = folder('bin');
    const fake = join(bin, 'millrace');
    writeFileSync(fake, '#!/bin/sh\nshift 2\nprintf "%s\\n" "words:$*" "two words"\n');
    chmodSync(fake, 0o755);
    const script = `${completionScript('bash')}
      COMP_WORDS=(millrace tail 'by b'); COMP_CWORD=2; _millrace; printf '<%s>' "\${COMPREPLY[@]}"; complete -p millrace`;
    const said = execFileSync('bash', ['-c', script], {
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
    expect(said).toContain('<words:tail by b><two words>');
    expect(said).toContain('-F _millrace millrace');
  });

  it('is a script that zsh and fish read, where they are installed', () => {
    for (const [shell, arg] of [
      ['zsh', '-n'],
      ['fish', '--no-execute'],
    ] as const) {
      const read = spawnSync(shell, [arg], { input: completionScript(shell), encoding: 'utf8' });
      if (read.error === undefined) expect(read.stderr).toBe('');
      else expect((read.error as NodeJS.ErrnoException).code).toBe('ENOENT');
    }
  });

  it('of another shell is refused', () => {
    expect(() => completionScript('cmd')).toThrow('no completion for "cmd"');
  });
});
