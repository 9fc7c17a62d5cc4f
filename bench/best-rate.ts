// Million items per CPU-second: the best of some rounds, for the machine may be shared.

export function bestRate(seconds: number, items: number, round: () => void): number {
  const until = performance.now() + seconds * 1000;
  let best = 0;
  for (let i = 0; i < 20; i++) round();
  while (performance.now() < until) {
    const before = process.cpuUsage();
    const begin = performance.now();
    for (let i = 0; i < 8; i++) round();
    const cpu = process.cpuUsage(before);
    const spent = Math.min((cpu.user + cpu.system) / 1e6, (performance.now() - begin) / 1e3);
    best = Math.max(best, (8 * items) / spent / 1e6);
  }
  return best;
}
