// Small file operations that must hold after a crash or beside another process: whole-file replacement by rename.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Readers see the old text or the new text, never a part. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}

/** The file's JSON, or undefined when it is missing or damaged: every file read by this is one that we can make again. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Keeps the log of the run before as `.1`, so that a log never grows beyond one run and the last failure stays readable. */
export function rotateLog(path: string): void {
  if (existsSync(path)) renameSync(path, `${path}.1`);
}

/** The end of a log, for an error message. */
export function lastLines(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').slice(-8).join('\n') : '(no log)';
}
