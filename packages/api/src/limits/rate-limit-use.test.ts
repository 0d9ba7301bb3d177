import { expect, it } from 'vitest';
import { readUseOfRateLimits } from './rate-limit-use.ts';

const row = (id: string, scopeType: string, scopeId: string) => ({
  id,
  organizationId: 'org_1',
  scopeType,
  scopeId,
  metric: 'requests',
  limitValue: 10n,
  windowSeconds: 60,
  model: null,
  version: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const ROWS = [
  row('all', 'organization', 'org_1'),
  row('one', 'key', 'key_1'),
  row('each', 'key', '*'),
  row('tagged', 'tag', 'env=prod'),
  row('each-tag', 'tag', 'env=*'),
];
const resetsAt = new Date(60_000);

it('one count is told, and what is left of it never below nothing; of one per value there is no one count', async () => {
  const asked: string[] = [];
  const uses = await readUseOfRateLimits('org_1', ROWS, async (questions) => {
    asked.push(...questions.map(({ ruleId, value }) => `${ruleId}: ${value}`));
    return questions.map(({ ruleId }) => ({ used: ruleId === 'one' ? 12 : 3, resetsAt }));
  });
  expect(asked).toEqual(['all: org_1', 'one: key_1', 'tagged: env=prod']);
  const resets = resetsAt.toISOString();
  expect(uses).toEqual([
    { id: 'all', used: 3, remaining: 7, resetsAt: resets },
    { id: 'one', used: 12, remaining: 0, resetsAt: resets },
    { id: 'each', used: null, remaining: null, resetsAt: null },
    { id: 'tagged', used: 3, remaining: 7, resetsAt: resets },
    { id: 'each-tag', used: null, remaining: null, resetsAt: null },
  ]);
});

it('where nobody can tell, nothing is told, and nothing fails', async () => {
  const refusing = () => Promise.reject(new Error('no Redis'));
  for (const read of [undefined, refusing]) {
    const uses = await readUseOfRateLimits('org_1', ROWS, read);
    expect(uses.map(({ used }) => used)).toEqual([null, null, null, null, null]);
  }
});
