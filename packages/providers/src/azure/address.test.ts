import { describe, expect, it } from 'vitest';
import { datedPath, isDatedVersion } from './address.ts';

describe('datedPath()', () => {
  it.each([
    ['/openai/v1/chat/completions', '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21'],
    ['/openai/v1/embeddings', '/openai/deployments/my%20gpt/embeddings?api-version=2024-10-21'],
    ['/openai/v1/files', '/openai/files?api-version=2024-10-21'],
    ['/openai/v1/models?limit=5', '/openai/models?limit=5&api-version=2024-10-21'],
    ['/anthropic/v1/messages', '/anthropic/v1/messages'],
  ])('sends %s to %s', (path, expected) => {
    expect(datedPath(path, 'my%20gpt', '2024-10-21')).toBe(expected);
  });

  it.each([
    ['2024-10-21', true],
    ['2025-04-01-preview', true],
    ['v1', false],
    ['preview', false],
    [undefined, false],
  ])('knows whether %s is a date', (version, expected) => {
    expect(isDatedVersion(version)).toBe(expected);
  });
});
