import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import { ROUTED_ENDPOINTS } from '@tollgate/routing/candidates';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, matchEndpoint } from './endpoints.ts';

describe('matchEndpoint()', () => {
  it('finds a Gemini action with and without models/, whatever slashes the name has', () => {
    const subjects = [
      '/v1beta/models/gemini-2.5-pro:generateContent',
      '/v1beta/models/anthropic/claude-opus-4-8:generateContent',
      '/v1beta/anthropic/claude-opus-4-8:generateContent',
      '/google/v1beta/anthropic%2Fclaude-opus-4-8:generateContent',
    ].map((path) => {
      const match = matchEndpoint('POST', path);
      return match.kind === 'endpoint' ? `${match.endpoint.name} ${match.subject}` : match.kind;
    });
    expect(subjects).toEqual([
      'generate_content gemini-2.5-pro',
      'generate_content anthropic/claude-opus-4-8',
      'generate_content anthropic/claude-opus-4-8',
      'generate_content anthropic/claude-opus-4-8',
    ]);
  });

  it('finds every endpoint of its table by its own path, and nothing by a path that only begins like one', () => {
    for (const { method, path, action, dialect } of ENDPOINTS) {
      const prefix = { openai: '/openai/v1', anthropic: '/anthropic/v1', gemini: '/google/v1beta' }[dialect];
      const own = `${prefix}${path}${path.endsWith('/') ? 'some/name' : ''}${action === undefined ? '' : `:${action}`}`;
      expect(matchEndpoint(method, own, dialect), own).toMatchObject({ kind: 'endpoint' });
    }
    expect(matchEndpoint('POST', '/v1/chat/completionsx')).toEqual({ kind: 'none' });
    expect(matchEndpoint('POST', '/v1beta/:generateContent')).toEqual({ kind: 'none' });
  });

  it('has exactly the scopes that a key can be given, besides what is open to every key', () => {
    const names = new Set(ENDPOINTS.filter(({ open }) => open !== true).map(({ name }) => name));
    expect([...names].toSorted()).toEqual([...ENDPOINT_SCOPES].toSorted());
  });

  it('asks of providers what previews of routes say that it does', () => {
    const asked: Readonly<Record<string, string>> = ROUTED_ENDPOINTS;
    for (const { name, handling } of ENDPOINTS) {
      if (handling.kind !== 'generate' && handling.kind !== 'task') continue;
      const { [name]: told } = asked;
      if (handling.kind === 'task' && handling.isKept === true) {
        expect(told, name).toBeUndefined();
        continue;
      }
      // Several at once and one alone go by the same rule.
      const means = handling.kind === 'generate' ? handling.format : handling.endpoint;
      expect(told, name).toBe(means === 'gemini-batch-embed' ? 'gemini-embed' : means);
    }
  });
});
