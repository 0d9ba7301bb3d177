import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FirstQuestion, openFirstAnswers } from './first-answers.ts';

const ORGANIZATION = 'org_1';
const KEYS: FirstQuestion = { path: '/keys', queryKey: ['api', 'keys'], toData: (body) => body };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An API whose answers the test gives. */
function openApi() {
  const asked: { path: string; organizationId: string; answer: (response: Response) => void }[] = [];
  const answers = openFirstAnswers((path, organizationId) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    asked.push({ path, organizationId, answer: resolve });
    return promise;
  });
  return { asked, answers, queryClient: new QueryClient() };
}

/** Whether a promise has resolved after what is due by now. */
async function isResolved(promise: Promise<void>): Promise<boolean> {
  let resolved = false;
  void promise.then(() => {
    resolved = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return resolved;
}

describe('openFirstAnswers()', () => {
  it('asks a question once, in the organization of the page, and hands its answer to the browser once', async () => {
    const { asked, answers, queryClient } = openApi();
    const first = answers.ask(KEYS, queryClient, ORGANIZATION);
    expect(answers.ask(KEYS, queryClient, ORGANIZATION)).toBe(first);
    expect(asked).toMatchObject([{ path: '/keys', organizationId: ORGANIZATION }]);
    asked[0]?.answer(Response.json({ data: ['<key>'] }));
    await first;
    expect(queryClient.getQueryData(KEYS.queryKey)).toEqual({ data: ['<key>'] });
    const readAtMs = Date.now();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(answers.takeNew()).toEqual([{ queryKey: KEYS.queryKey, data: { data: ['<key>'] }, readAtMs }]);
    expect(answers.takeNew()).toEqual([]);
    // React draws again what waited, and must find what it waited for.
    expect(answers.ask(KEYS, queryClient, ORGANIZATION)).toBe(first);
  });

  it('has no answer where the API refuses or fails, so that the browser asks and shows why', async () => {
    for (const response of [
      Response.json({ code: 'forbidden' }, { status: 403 }),
      new Response('<html>', { status: 200 }),
    ]) {
      const { asked, answers, queryClient } = openApi();
      const answer = answers.ask(KEYS, queryClient, ORGANIZATION);
      asked[0]?.answer(response);
      await answer;
      expect(answers.takeNew()).toEqual([]);
      expect(queryClient.getQueryData(KEYS.queryKey)).toBeUndefined();
    }
  });

  it('asks nothing without an organization, and nothing that is known', () => {
    const { asked, answers, queryClient } = openApi();
    expect(answers.ask(KEYS, queryClient, null)).toBeUndefined();
    queryClient.setQueryData(KEYS.queryKey, { data: [] });
    expect(answers.ask(KEYS, queryClient, ORGANIZATION)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('lets the frame of the page go when everything is answered, and not later than 150 ms', async () => {
    const quick = openApi();
    const answer = quick.answers.ask(KEYS, quick.queryClient, ORGANIZATION);
    await vi.advanceTimersByTimeAsync(100);
    expect(await isResolved(quick.answers.frame)).toBe(false);
    quick.asked[0]?.answer(Response.json({}));
    await answer;
    await vi.advanceTimersByTimeAsync(5);
    expect(await isResolved(quick.answers.frame)).toBe(true);

    const slow = openApi();
    void slow.answers.ask(KEYS, slow.queryClient, ORGANIZATION);
    await vi.advanceTimersByTimeAsync(149);
    expect(await isResolved(slow.answers.frame)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isResolved(slow.answers.frame)).toBe(true);
  });

  it('leaves what is not answered within five seconds to the browser, whatever comes afterwards', async () => {
    const { asked, answers, queryClient } = openApi();
    const answer = answers.ask(KEYS, queryClient, ORGANIZATION);
    await vi.advanceTimersByTimeAsync(5_000);
    await answer;
    asked[0]?.answer(Response.json({ data: [] }));
    await vi.advanceTimersByTimeAsync(1);
    expect(answers.takeNew()).toEqual([]);
    expect(queryClient.getQueryData(KEYS.queryKey)).toBeUndefined();
  });

  it('stops asking where a page never says the same twice', () => {
    const { asked, answers, queryClient } = openApi();
    for (let turn = 0; turn < 40; turn++) {
      void answers.ask({ ...KEYS, queryKey: ['api', turn] }, queryClient, ORGANIZATION);
    }
    expect(asked).toHaveLength(32);
  });
});
