/** Turns that go on by themselves, and how many of them. */
import { createLogger } from '@tollgate/logging';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const TURN_MS = 5;

/** One that goes on until it is told to end. */
function endless() {
  const signals: AbortSignal[] = [];
  const run = (signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  };
  return { run, began: () => signals.length, isAborted: () => signals.some(({ aborted }) => aborted) };
}

it('of more turns than may go on at once, the longest-running one makes place for another', async () => {
  const turns = new Turns(logger, { turnMs: TURN_MS, atOnce: 2 });
  const [first, second, third, other] = [endless(), endless(), endless(), endless()];
  await turns.take('exports', 'org_0', other.run);
  await turns.take('batches', 'org_1', first.run);
  await turns.take('batches', 'org_2', second.run);
  expect([first, second].map((each) => each.isAborted())).toEqual([false, false]);
  await turns.take('batches', 'org_3', third.run);
  expect([first, second, third, other].map((each) => each.isAborted())).toEqual([true, false, false, false]);
  // Its place is another's; it may have a new turn, for which the longest-running of the others ends.
  await turns.take('batches', 'org_1', first.run);
  expect([first.began(), second.isAborted(), third.isAborted()]).toEqual([2, true, false]);
});

it('nobody within its time is ended: who finds no place has the next round', async () => {
  const turns = new Turns(logger, { turnMs: 60_000, atOnce: 1 });
  const [first, second] = [endless(), endless()];
  let end: () => void = () => undefined;
  const going = turns.take('batches', 'org_1', (signal) => {
    void first.run(signal);
    return new Promise((resolve) => (end = resolve));
  });
  await turns.take('batches', 'org_2', second.run);
  expect([first.isAborted(), second.began()]).toEqual([false, 0]);
  end();
  await going;
});
