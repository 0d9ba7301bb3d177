import { describe, expect, it } from 'vitest';
import { fitsSearch, routesNaming } from './credential-use.ts';

const target = (credentialId: string | null) => ({ model: 'gpt-5', credentialId, weight: 1, problem: null });

it('routes that name a credential are told, by a rule or as a fall-back; any credential is no name', () => {
  const routes = [
    { name: 'rule', rules: [{ when: [], targets: [target(null), target('cred_a')] }], fallbacks: [] },
    { name: 'fall-back', rules: [{ when: [], targets: [target('cred_b')] }], fallbacks: [target('cred_a')] },
    { name: 'any', rules: [{ when: [], targets: [target(null)] }], fallbacks: [] },
    { name: 'unreadable', rules: [], fallbacks: [] },
  ];
  expect(routesNaming(routes, 'cred_a').map(({ name }) => name)).toEqual(['rule', 'fall-back']);
});

describe('searching credentials', () => {
  const credential = {
    id: 'cred_1',
    name: 'Contract 4711',
    provider: 'openai',
    baseUrl: 'https://eu.example.com/v1',
    models: ['gpt-5'],
  };
  it.each(['4711', 'OPENAI', 'open ai', 'eu.example', 'gpt-5', 'cred_1', ' '])('finds it by %j', (typed) => {
    expect(fitsSearch(credential, 'Open AI', typed)).toBe(true);
  });
  it('and not by what it has not', () => {
    expect(fitsSearch(credential, 'Open AI', 'anthropic')).toBe(false);
  });
});
