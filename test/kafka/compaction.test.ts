// A really compacted topic: the broker's cleaner removes records, batches keep their offsets with gaps between.
import { expect, test } from 'vitest';
import { describeKafka } from '../setup/parts.ts';
import { newTopic, produce, readTopic } from './live.ts';

describeKafka('compaction', () => {
  test('gaps are legal, the position reaches the end', { timeout: 90_000 }, async () => {
    const topic = await newTopic({
      config: {
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.001',
        'segment.ms': '100',
        'max.compaction.lag.ms': '100',
      },
    });
    const round = (n: number) =>
      Array.from({ length: 500 }, (_, i) => ({ key: `k${i % 50}`, value: `${n}-${i}`, partition: 0 }));
    for (let n = 0; n < 4; n++) {
      await produce(topic, round(n));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    // The cleaner comes by every 15 seconds.
    let rows = await readTopic(topic);
    for (let tries = 0; rows.length === 2000 && tries < 120; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      rows = await readTopic(topic);
    }
    expect(rows.length).toBeLessThan(2000);
    expect(rows.length).toBeGreaterThanOrEqual(50);
    const latest = new Map(rows.map((row) => [row.key, row.value]));
    expect(latest.size).toBe(50);
    for (const [key, value] of latest) expect(value).toBe(`3-${450 + Number(key!.slice(1))}`);
    const offsets = rows.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    // Starting in a gap gives the next record that is there.
    const present = new Set(offsets);
    let missing = Math.max(...offsets);
    while (present.has(missing)) missing--;
    expect(missing).toBeGreaterThanOrEqual(0);
    const start = { kind: 'offsets', offsets: new Map([[0, missing]]) } as const;
    const rest = await readTopic(topic, { start });
    expect(rest.map(({ offset }) => offset)).toEqual(offsets.filter((offset) => offset > missing));
  });
});
