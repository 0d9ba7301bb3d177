import { afterEach, describe, expect, it, vi } from 'vitest';
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

describe('a file that is sent while it is read', () => {
  const gate = () => new ReportGate({ concurrent: 1, waiting: 0, waitMs: 10_000, stalledMs: 1_000 });
  const refused = (of: ReportGate) =>
    expect(of.run('org_a', async () => 'other')).rejects.toMatchObject({ code: 'too_many_requests' });
  const free = async (of: ReportGate) => expect(await of.run('org_a', async () => 'free')).toBe('free');

  /** Three parts; `failAt`: the source breaks there. */
  function file(failAt = 0) {
    let parts = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        parts += 1;
        if (parts === failAt) throw new Error('broken');
        if (parts > 3) controller.close();
        else controller.enqueue(Buffer.from(`${parts};`));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const headers = { 'content-type': 'text/csv' };
    return {
      answer: async () => new Response(body, { status: 200, headers }),
      wasCancelled: () => cancelled,
    };
  }

  afterEach(() => void vi.useRealTimers());

  it('keeps its place until it has been read to its end', async () => {
    const one = gate();
    const response = await one.stream('org_a', file().answer);
    expect(response.headers.get('content-type')).toBe('text/csv');
    await refused(one);
    expect(await response.text()).toBe('1;2;3;');
    await free(one);
  });

  it('leaves when its reader goes, or its source breaks', async () => {
    const one = gate();
    const left = file();
    await (await one.stream('org_a', left.answer)).body?.cancel();
    expect(left.wasCancelled()).toBe(true);
    await free(one);
    const broken = await one.stream('org_a', file(2).answer);
    await expect(broken.text()).rejects.toThrow('broken');
    await free(one);
    await expect(one.stream('org_a', () => Promise.reject(new Error('none')))).rejects.toThrow('none');
    await free(one);
    expect((await one.stream('org_a', async () => new Response(null))).body).toBeNull();
    await free(one);
  });

  it('gives its place to others while nobody reads, and takes one again to go on', async () => {
    vi.useFakeTimers();
    const one = gate();
    const reader = (await one.stream('org_a', file().answer)).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('1;');
    await vi.advanceTimersByTimeAsync(999);
    await refused(one);
    await vi.advanceTimersByTimeAsync(1);
    await free(one);
    await reader.read();
    await refused(one);
    await reader.read();
    expect((await reader.read()).done).toBe(true);
    await free(one);
  });
});

describe('routes that read more than they answer', () => {
  it.each(['/requests', '/requests/tail', '/keys/activity', '/usage/export', '/audit-events/export'])(
    'take their turn: %s',
    (path) => {
      const found = ROUTES.find((route) => route.method === 'get' && route.path === path);
      expect(found?.report).toBe(true);
    },
  );
});
