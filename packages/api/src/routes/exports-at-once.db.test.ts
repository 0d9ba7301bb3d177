/** Files are read from the database while they are sent: how many at once is bounded until the last byte. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, createApi } from '../create-api.ts';
import { FILE_GATE } from '../framework/report-gate.ts';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
let api: Api;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  // On a busy machine the last may be asked when the first have waited for long.
  api = createApi({ ...test.options, fileGate: { ...FILE_GATE, waitMs: 300_000, stalledMs: 300_000 } });
});
afterAll(() => test.close());

it('answers so many exports at a time, the others when these were read, and refuses the rest; reports go on', async () => {
  const from = new Date(test.clock.nowMs() - 86_400_000).toISOString();
  const to = new Date(test.clock.nowMs()).toISOString();
  const get = (path: string) => {
    const url = `${TEST_ORIGIN}/api/v1${path}?${new URLSearchParams({ from, to })}`;
    return api.request(new Request(url, { headers: { cookie: owner.call.cookie } }));
  };
  const answers: Response[] = [];
  const asked = Array.from({ length: 30 }, () =>
    get('/usage/export').then((response) => {
      answers.push(response);
      return response;
    }),
  );
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  // Refusals are answered at once, files after a read: which comes first is not said.
  await waitFor(() => count(429) === 4 && count(200) === 2);
  expect(answers).toHaveLength(6);
  // Nobody reads these two; a page of the console is answered all the same.
  expect((await get('/usage')).status).toBe(200);
  for (const answer of answers) void answer.body?.cancel();
  for (const one of asked) void one.then((response) => response.body?.cancel());
  await Promise.all(asked);
  expect(count(200)).toBe(26);
});
