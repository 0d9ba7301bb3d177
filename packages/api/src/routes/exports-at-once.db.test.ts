/** Files are read from the database while they are sent: how many at once is bounded until the last byte. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

it('answers so many exports at a time, the others when these were read, and refuses the rest; reports go on', async () => {
  const from = new Date(test.clock.nowMs() - 86_400_000).toISOString();
  const to = new Date(test.clock.nowMs()).toISOString();
  const url = `${TEST_ORIGIN}/api/v1/usage/export?${new URLSearchParams({ from, to })}`;
  const answers: Response[] = [];
  const asked = Array.from({ length: 30 }, () =>
    test.api.request(new Request(url, { headers: { cookie: owner.call.cookie } })).then((response) => {
      answers.push(response);
      return response;
    }),
  );
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  // Refusals are answered at once, files after a read: which comes first is not said.
  await waitFor(() => count(429) === 4 && count(200) === 2);
  expect(answers).toHaveLength(6);
  // Nobody reads these two; a page of the console is answered all the same.
  expect((await owner.call('GET', `/usage?${new URLSearchParams({ from, to })}`)).status).toBe(200);
  for (const answer of answers) void answer.body?.cancel();
  for (const one of asked) void one.then((response) => response.body?.cancel());
  await Promise.all(asked);
  expect(count(200)).toBeGreaterThan(2);
});
