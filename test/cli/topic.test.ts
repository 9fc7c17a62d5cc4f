// A topic from the command line, in the broker that is configured.

import { expect, it } from 'vitest';
import { folder, millrace } from '../integration/service.ts';
import { cluster } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';

describeKafka('millrace topic create', () => {
  it('makes a topic with its partitions, and leaves one that is there as it is', async () => {
    const env = { ...process.env, KAFKA_BROKERS: kafkaBrokers().join(','), MILLRACE_DIR: folder('topic') };
    const topic = `made-${process.pid}`;
    const made = await millrace(['topic', 'create', topic, '--partitions', '3'], env);
    expect(made).toEqual({ code: 0, stdout: `topic ${topic} with 3 partitions\n`, stderr: '' });
    const again = await millrace(['topic', 'create', topic], env);
    expect(again.stdout).toBe(`topic ${topic} exists already, as it is\n`);
    expect((await cluster().topic(topic)).partitions).toHaveLength(3);

    const bad = await millrace(['topic', 'create', 'no/slash'], env);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/^error\[BROKER_ERROR\]: Kafka refused the request for topic "no\/slash"/);
  });
});

it('where no service and no broker is, says so', async () => {
  const { KAFKA_BROKERS: _, ...env } = process.env;
  const { code, stderr } = await millrace(['topic', 'create', 'x'], { ...env, MILLRACE_DIR: folder('none') });
  expect(code).toBe(1);
  expect(stderr).toContain('error[NO_SERVICE]');
});
