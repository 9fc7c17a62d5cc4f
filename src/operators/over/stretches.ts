// Stretches of places that overlap or touch become one.

import type { Stretch } from './over-function.ts';

export class Stretches {
  private readonly all: { from: number; to: number }[] = [];

  /** As far as there are places. */
  add({ from, to }: Stretch, total: number): void {
    const [start, end] = [Math.max(0, from), Math.min(total, to)];
    if (start >= end) return;
    const last = this.all.at(-1);
    // Changes that follow each other are usually side by side.
    if (last !== undefined && start >= last.from && start <= last.to) last.to = Math.max(last.to, end);
    else this.all.push({ from: start, to: end });
  }

  /** In order, apart from each other. */
  apart(): readonly Stretch[] {
    const apart: { from: number; to: number }[] = [];
    for (const next of [...this.all].sort((a, b) => a.from - b.from)) {
      const last = apart.at(-1);
      if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
      else apart.push(next);
    }
    return apart;
  }
}
