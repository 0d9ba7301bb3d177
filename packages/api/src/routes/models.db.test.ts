/** What an organization can use, by the names that requests send. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  const migrator = test.openAs('migrator', 'seed');
  const alpha = { provider: 'openai', name: 'alpha', mode: 'chat', aliases: ['Newest'], abilities: {} };
  await migrator.platform((tx) => tx.model.create({ data: { id: 'mdl_alpha', ...alpha } }));
  await migrator.close();
  owner = await test.signUp('owner@example.com', 'Acme');
  for (const provider of ['openai', 'mistral']) {
    const made = await owner.call('POST', '/provider-credentials', {
      provider,
      name: provider,
      apiKey: 'sk-0123456789abcdef',
      models: ['alpha', `${provider}-only`],
    });
    expect(made.status, made.text).toBe(201);
  }
});
afterAll(async () => {
  await test.close();
});

const namesOf = async (names: string) =>
  (await owner.call('GET', `/models?names=${names}`)).body.data.map(({ id }: { id: string }) => id);

describe('GET /models?names=', () => {
  it('finds every model of a bare name, and the one of a name with its provider', async () => {
    expect(await namesOf('alpha')).toEqual(['mistral/alpha', 'openai/alpha']);
    expect(await namesOf('openai/alpha,mistral-only,mistral-only,gone')).toEqual([
      'mistral/mistral-only',
      'openai/alpha',
    ]);
  });

  it('finds whole names alone, and nothing where none is known', async () => {
    expect(await namesOf('alph')).toEqual([]);
    expect(await namesOf('ALPHA')).toEqual([]);
  });

  it('takes at most 100 names', async () => {
    const names = Array.from({ length: 101 }, (_, place) => `m${place}`).join();
    expect((await owner.call('GET', `/models?names=${names}`)).status).toBe(400);
  });
});

describe('GET /models?q=', () => {
  it('finds parts of ids and of aliases, in capitals or not', async () => {
    const found = async (q: string) =>
      (await owner.call('GET', `/models?q=${q}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await found('I/ALPH')).toEqual(['openai/alpha']);
    expect(await found('newe')).toEqual(['openai/alpha']);
    expect(await found('oldest')).toEqual([]);
  });
});
