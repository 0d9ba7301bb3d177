/** For tests: changes of keys, of what bounds them and of the credentials behind them. */
import { expect } from 'vitest';
import { type Changes, lifeOf, make, newKey, newTeam, unique } from './change.ts';

const credential = () => ({
  provider: 'openai-compatible',
  name: unique(),
  baseUrl: 'http://127.0.0.1:9/v1',
  apiKey: 'sk-0123456789abcdef',
});

export const KEY_CHANGES: Changes = {
  ...lifeOf('/keys', () => ({ name: unique() }), { name: 'Changed' }, { deleted: false }),
  'post /keys/{id}/rotate': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/rotate`,
    body: {},
  }),
  'post /keys/{id}/revoke': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/revoke`,
  }),
  'post /keys/bulk': async (world) => ({
    by: world.owner,
    body: { ids: [await newKey(world)], change: { kind: 'revoke' } },
  }),
  'put /key-rules': ({ owner }) => ({ by: owner, body: { overlapSeconds: 3_600 } }),
  'put /teams/{id}/key-rules': async (world) => ({
    by: world.owner,
    path: `/teams/${await newTeam(world)}/key-rules`,
    body: { overlapSeconds: 3_600 },
  }),
  'delete /teams/{id}/key-rules': async (world) => {
    const path = `/teams/${await newTeam(world)}/key-rules`;
    expect((await world.owner.call('PUT', path, { overlapSeconds: 3_600 })).status).toBe(200);
    return { by: world.owner, path };
  },
  ...lifeOf('/routes', () => ({ name: unique(), rules: [{ targets: [{ model: 'gpt-5' }] }] }), {
    name: 'Changed',
  }),
  ...lifeOf('/provider-credentials', credential, { name: 'Changed' }),
  ...lifeOf('/operator/resold-credentials', credential, { name: 'Changed' }),
  ...lifeOf(
    '/rate-limits',
    () => ({
      scope: { type: 'endUser', id: unique() },
      metric: 'requests',
      limit: 5,
      windowSeconds: 60,
    }),
    { limit: 6 },
  ),
  ...lifeOf(
    '/budgets',
    () => ({ scope: { type: 'endUser', id: unique() }, limitUsd: '1', period: 'month' }),
    { limitUsd: '2' },
  ),
  'post /budgets/{id}/reset': async (world) => {
    const scope = { type: 'team', id: await newTeam(world) };
    const id = await make(world.owner, '/budgets', { scope, limitUsd: '1', period: 'month' });
    return { by: world.owner, path: `/budgets/${id}/reset`, body: {} };
  },
};
