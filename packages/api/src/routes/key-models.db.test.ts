import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { makeKey } from '../test-keys.ts';

let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  for (const [provider, models] of [
    ['openai', ['gpt-5', 'gpt-5-mini', 'text-embedding-3-small']],
    ['anthropic', ['claude-fable-1']],
  ] as const) {
    const made = await owner.call('POST', '/provider-credentials', {
      provider,
      name: provider,
      apiKey: 'sk-test',
      models,
    });
    if (made.status !== 201) throw new Error(`No credential: ${made.text}`);
  }
}, 60_000);
afterAll(() => test.close());

interface Listed {
  readonly data: readonly { readonly id: string; readonly withheldBy: readonly string[] }[];
  readonly nextCursor: string | null;
}

const listed = async (keyId: string, question = 'limit=200') =>
  (await owner.call('GET', `/keys/${keyId}/models?${question}`)).body as Listed;
const idsOf = ({ data }: Listed) => data.map(({ id }) => id);

describe('GET /keys/{id}/models', () => {
  it('says which models are within reach, and what stands in the way of each of the others', async () => {
    const id = await makeKey(owner, 'narrow', { models: ['gpt-5*', 'mistral-large'], providers: ['openai'] });
    const byId = Object.fromEntries((await listed(id)).data.map((each) => [each.id, each.withheldBy]));
    expect(byId).toMatchObject({
      'openai/gpt-5': [],
      'openai/gpt-5-mini': [],
      'openai/text-embedding-3-small': ['models'],
      'anthropic/claude-fable-1': ['models', 'providers'],
      'mistral-large': ['credentials'],
    });
    expect(idsOf(await listed(id, 'reach=reachable'))).toEqual(['openai/gpt-5', 'openai/gpt-5-mini']);
    expect(idsOf(await listed(id, 'reach=withheld'))).not.toContain('openai/gpt-5');
    expect(idsOf(await listed(id, 'q=GPT-5-M'))).toEqual(['openai/gpt-5-mini']);
    const policy = (await owner.call('GET', `/keys/${id}/policy`)).body;
    expect(policy.models.reachableCount).toBe(2);
  });

  it('is read page by page, whether the models fill the last page or not', async () => {
    const id = await makeKey(owner, 'open');
    const all = idsOf(await listed(id));
    expect(all.length).toBeGreaterThanOrEqual(4);
    for (const limit of [1, all.length - 1, all.length, all.length + 1]) {
      const read: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Listed = await listed(id, `limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(page.data.length).toBeGreaterThan(0);
        read.push(...idsOf(page));
        cursor = page.nextCursor;
      }
      expect(read, `pages of ${limit}`).toEqual(all);
    }
  });

  it('[X1] is of keys of one’s own organization alone', async () => {
    const id = await makeKey(owner, 'hidden');
    expect((await stranger.call('GET', `/keys/${id}/models`)).status).toBe(404);
  });
});

describe('POST /keys/preview', () => {
  const preview = async (body: object) => (await owner.call('POST', '/keys/preview', body)).body;

  it('tells what a key with that scope would reach, before it is made', async () => {
    const all = (await preview({})).usable;
    expect(await preview({})).toMatchObject({ reachable: all, unserved: [] });
    expect(await preview({ models: ['gpt-5', 'mistral-large'] })).toEqual({
      usable: all,
      reachable: 1,
      models: ['openai/gpt-5'],
      unserved: ['mistral-large'],
    });
    expect(await preview({ models: ['gpt-5'], providers: ['anthropic'] })).toMatchObject({ reachable: 0 });
  });

  it('goes by the rules of the team where nothing is said of models, as making a key does', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Ruled' })).body.id;
    const rules = { defaultModels: ['claude-*'] };
    expect((await owner.call('PUT', `/teams/${team}/key-rules`, rules)).status).toBe(200);
    expect((await preview({ teamId: team })).models).toEqual(['anthropic/claude-fable-1']);
    const { usable } = await preview({});
    expect(await preview({ teamId: team, models: [] })).toMatchObject({ usable, reachable: usable });
    expect((await stranger.call('POST', '/keys/preview', { teamId: team })).status).toBe(400);
  });
});
