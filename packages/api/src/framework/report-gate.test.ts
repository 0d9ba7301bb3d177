import { describe, expect, it } from 'vitest';
import { ROUTES } from '../routes/index.ts';
import { ApiProblem } from './problem.ts';
import { ReportGate } from './report-gate.ts';

function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  let started = false;
  return {
    run: () => {
      started = true;
      return promise;
    },
    finish: () => resolve('done'),
    get started() {
      return started;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ReportGate', () => {
  it('lets an organization compute so many at a time; the others take their turns', async () => {
    const gate = new ReportGate({ concurrent: 2, waiting: 2, waitMs: 10_000 });
    const jobs = [work(), work(), work()];
    const done = jobs.map((job) => gate.run('org_a', job.run));
    await settled();
    expect(jobs.map(({ started }) => started)).toEqual([true, true, false]);
    jobs[0]?.finish();
    await done[0];
    await settled();
    expect(jobs[2]?.started).toBe(true);
    for (const job of jobs) job.finish();
    expect(await Promise.all(done)).toEqual(['done', 'done', 'done']);
  });

  it('keeps no other organization waiting', async () => {
    const gate = new ReportGate({ concurrent: 1, waiting: 0, waitMs: 10_000 });
    const [mine, theirs] = [work(), work()];
    const first = gate.run('org_a', mine.run);
    const other = gate.run('org_b', theirs.run);
    await settled();
    expect(theirs.started).toBe(true);
    await expect(gate.run('org_a', work().run)).rejects.toMatchObject({ code: 'too_many_requests' });
    mine.finish();
    theirs.finish();
    await Promise.all([first, other]);
  });

  it('gives up waiting in time, and a failure frees its place', async () => {
    const gate = new ReportGate({ concurrent: 1, waiting: 5, waitMs: 5 });
    const slow = work();
    const first = gate.run('org_a', slow.run);
    await expect(gate.run('org_a', work().run)).rejects.toBeInstanceOf(ApiProblem);
    slow.finish();
    await first;
    await expect(gate.run('org_a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run('org_a', async () => 'free')).toBe('free');
  });
});

describe('routes that read more than they answer', () => {
  it.each(['/requests', '/requests/tail', '/keys/activity'])('take their turn: %s', (path) => {
    const found = ROUTES.find((route) => route.method === 'get' && route.path === path);
    expect(found?.report).toBe(true);
  });
});
