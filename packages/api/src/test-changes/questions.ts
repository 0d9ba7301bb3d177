/** For tests: what is asked by a post, answered and written nowhere; with a body that is good. */
import { type Changes, newKey, newTeam } from './change.ts';

export const QUESTIONS: Changes = {
  'post /keys/{id}/policy/check': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/policy/check`,
    body: { model: 'gpt-5' },
  }),
  'post /keys/{id}/policy/preview': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/policy/preview`,
    body: { models: ['gpt-5'] },
  }),
  'post /keys/preview': ({ owner }) => ({ by: owner, body: { models: ['gpt-5'] } }),
  'post /routes/preview': ({ owner }) => ({
    by: owner,
    body: { route: { rules: [{ targets: [{ model: 'gpt-5' }] }] } },
  }),
  'post /rate-limits/dry-run': ({ owner }) => ({
    by: owner,
    body: { scope: { type: 'endUser', id: 'x' }, metric: 'requests', limit: 5, windowSeconds: 60 },
  }),
  'post /budgets/dry-run': ({ owner }) => ({
    by: owner,
    body: { scope: { type: 'endUser', id: 'x' }, limitUsd: '1', period: 'month' },
  }),
  'post /prices/what-if': ({ test, owner }) => ({
    by: owner,
    body: {
      from: new Date(test.clock.nowMs() - 3_600_000).toISOString(),
      alternatives: [{ model: 'gpt-5' }],
    },
  }),
  'post /cost-splits/preview': async (world) => ({
    by: world.owner,
    body: {
      keyId: await newKey(world),
      at: world.test.clock.now().toISOString(),
      shares: [{ teamId: await newTeam(world), shareBasisPoints: 10_000 }],
    },
  }),
};
