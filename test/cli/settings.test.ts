// Where settings come from, and that none is read in silence that is not one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettings, settingFlags } from '../../src/cli/settings.ts';
import { fileKeyOf, flagOf, readConfig, SETTINGS } from '../../src/config.ts';
import { MillraceError } from '../../src/errors.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(tmpdir(), 'millrace-settings-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

function refusal(read: () => unknown): MillraceError {
  try {
    read();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('settings', () => {
  it('are taken from flags, then the environment, then .env, then the file', () => {
    const folder = folderWith({
      '.env': 'MILLRACE_PORT=3\nMILLRACE_PARALLELISM=3\nMILLRACE_DEMO_RATE=3\nOTHER=3\n',
      'millrace.toml': 'port = 4\nparallelism = 4\ndemo_rate = 4\nkafka_port = 4\n',
    });
    const env = { MILLRACE_PORT: '2', MILLRACE_PARALLELISM: '2', PATH: '/bin' };
    const { texts, places } = readSettings(env, { port: '1' }, folder);
    expect(texts).toEqual({
      MILLRACE_PORT: '1',
      MILLRACE_PARALLELISM: '2',
      MILLRACE_DEMO_RATE: '3',
      MILLRACE_KAFKA_PORT: '4',
    });
    expect(places).toEqual({
      MILLRACE_PORT: 'flag --port',
      MILLRACE_PARALLELISM: 'environment',
      MILLRACE_DEMO_RATE: '.env',
      MILLRACE_KAFKA_PORT: 'kafka_port in millrace.toml',
    });
    expect(readConfig(texts)).toMatchObject({ apiPort: 1, parallelism: 2, demoRate: 3, kafkaPort: 4 });
  });

  it('of the file may be lists, numbers and booleans', () => {
    const folder = folderWith({
      'millrace.toml': 'kafka_brokers = ["a:1", "b:2"]\ndemo = false\ndemo_rate = 7\n',
    });
    const config = readConfig(readSettings({}, {}, folder).texts);
    expect(config).toMatchObject({ kafkaBrokers: ['a:1', 'b:2'], demo: false, demoRate: 7 });
  });

  it('may be in another file, which has to be there', () => {
    const folder = folderWith({ 'mine.toml': 'demo_rate = 9', 'millrace.toml': 'demo_rate = 1' });
    const mine = join(folder, 'mine.toml');
    expect(readSettings({}, { config: mine }, folder).texts).toEqual({ MILLRACE_DEMO_RATE: '9' });
    expect(readSettings({ MILLRACE_CONFIG: mine }, {}, folder).texts).toEqual({ MILLRACE_DEMO_RATE: '9' });
    const missing = join(folder, 'missing.toml');
    expect(refusal(() => readSettings({}, { config: missing }, folder)).code).toBe('FILE_NOT_READABLE');
  });

  it('that there are not are refused, with a near one', () => {
    const inFile = folderWith({ 'millrace.toml': 'demo_rat = 1' });
    const asVariable = folderWith({ '.env': 'MILLRACE_DEMORATE=1' });
    expect(refusal(() => readSettings({}, {}, inFile))).toMatchObject({
      code: 'UNKNOWN_SETTING',
      message: 'there is no setting "demo_rat" (in millrace.toml)',
      hint: expect.stringContaining('demo_rate') as string,
    });
    expect(refusal(() => readSettings({}, {}, asVariable)).message).toContain('(in .env)');
    expect(refusal(() => readSettings({ MILLRACE_PROT: '1' }, {}, folderWith({}))).hint).toContain(
      'MILLRACE_PORT',
    );
  });

  it('whose values make no sense are refused with where they were set', () => {
    const read = (toml: string, env = {}): MillraceError =>
      refusal(() => {
        const { texts, places } = readSettings(env, {}, folderWith({ 'millrace.toml': toml }));
        readConfig(texts, places);
      });
    expect(read('demo_rate = "many"').message).toBe(
      'MILLRACE_DEMO_RATE = "many" (demo_rate in millrace.toml) is not a whole number from 1 to 1000000',
    );
    expect(read('', { MILLRACE_ISOLATION: 'cloud' }).message).toContain('(environment)');
    expect(read('demo_rate = ').message).toMatch(/^millrace\.toml, line 1, column \d+: /);
    expect(read('[kafka]\nbrokers = "a:1"').message).toContain('no setting "kafka"');
    expect(read('demo_rate = 1979-05-27').message).toContain('demo_rate in millrace.toml is not');
    expect(read('database_url = "mysql://u:geheim@h/d"').message).not.toContain('geheim');
  });
});

describe('the table of settings', () => {
  it('gives every setting one key and one flag, and secrets no flag', () => {
    const keys = SETTINGS.map(({ variable }) => fileKeyOf(variable));
    expect(new Set(keys).size).toBe(SETTINGS.length);
    const flags = settingFlags();
    for (const { variable, secret } of SETTINGS) expect(flagOf(variable) in flags).toBe(secret !== true);
  });

  it('has a default for everything that has no other way out', () => {
    expect(readConfig({})).toMatchObject({ demoRate: 1000, parallelism: 1, diskLimitMb: 20_000 });
    expect(readConfig({ MILLRACE_DISK_LIMIT_MB: '0' }).diskLimitMb).toBeNull();
  });
});
