// The death of a host is told once, whatever tells of it first (an error, and then the exit that follows), and not when the host was ended.

import { taskDied } from '../task-error.ts';

export class Death {
  private readonly task: number;
  private readonly listeners: ((cause: Error) => void)[] = [];
  private isOver = false;

  constructor(task: number) {
    this.task = task;
  }

  onDeath(listener: (cause: Error) => void): void {
    this.listeners.push(listener);
  }

  tell(how: string, cause?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    const error = taskDied(this.task, how, cause);
    for (const listener of this.listeners) listener(error);
  }

  /** The host is ended on purpose: nothing is told from now on. */
  expect(): void {
    this.isOver = true;
  }
}
