// Resident memory of a process over time.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const EVERY_MS = 200;

export class MemoryWatch {
  private readonly pid: number;
  private readonly timer: NodeJS.Timeout;
  private last = 0;
  peakMb = 0;

  constructor(pid: number) {
    this.pid = pid;
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    onTestFinished(() => clearInterval(this.timer));
  }

  async nowMb(): Promise<number> {
    await this.look();
    return this.last;
  }

  /** From now on. */
  restart(): void {
    this.peakMb = 0;
  }

  private async look(): Promise<void> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.pid)]).catch(() => ({
      stdout: '0',
    }));
    this.last = Math.round(Number(stdout) / 1024);
    this.peakMb = Math.max(this.peakMb, this.last);
  }
}
