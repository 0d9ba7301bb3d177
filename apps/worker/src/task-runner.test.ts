import { expect, it } from 'vitest';
import { createTaskRunner, onePlaceEach } from './task-runner.ts';

it('runs a round once more when it was asked for while it ran, and not once per asking', async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  const runTask = createTaskRunner(() => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    return gate.promise;
  });
  const asked = [runTask('mail'), runTask('mail'), runTask('mail')];
  expect(gates).toHaveLength(1);
  gates[0]!.resolve();
  await asked[0];
  await new Promise((resolve) => setImmediate(resolve));
  expect(gates).toHaveLength(2);
  gates[1]!.resolve();
  await Promise.all(asked);
  expect(gates).toHaveLength(2);
});

it('goes on after a round that failed', async () => {
  let fails = true;
  const runTask = createTaskRunner(async () => {
    if (fails) throw new Error('once');
  });
  const [first, second] = [runTask('mail'), runTask('mail')];
  fails = false;
  await expect(first).rejects.toThrow('once');
  await expect(second).resolves.toBeUndefined();
});

it('lets no slow round take the places of others, however often the schedule asks for it', async () => {
  const gate = Promise.withResolvers<void>();
  const started: string[] = [];
  const runTask = createTaskRunner(async (name) => {
    started.push(name);
    if (name === 'notify') await gate.promise;
  });
  const runScheduled = onePlaceEach(runTask);
  const slow = runScheduled('notify');
  // Each of these holds one of the places, of which there are as many as names, until it is done.
  await Promise.all(Array.from({ length: 50 }, () => runScheduled('notify')));
  await runScheduled('mail');
  expect(started).toEqual(['notify', 'mail']);
  gate.resolve();
  await slow;
  await runScheduled('notify');
  expect(started).toEqual(['notify', 'mail', 'notify']);
});
