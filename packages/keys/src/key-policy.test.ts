import { describe, expect, it } from 'vitest';
import {
  type KeyPolicyRules,
  latestExpiry,
  resolveKeyPolicy,
  rotationDueAt,
  usualExpiry,
} from './key-policy.ts';
import { scopeAllows, toModelScope } from './key-scope.ts';

const DAY_MS = 86_400_000;
const SILENT: KeyPolicyRules = {
  teamId: '',
  rotateEveryDays: null,
  overlapSeconds: null,
  remindDays: [],
  maxAgeDays: null,
  defaultExpiryDays: null,
  defaultBudget: null,
  defaultRateLimits: [],
  defaultModels: [],
};

describe('resolveKeyPolicy()', () => {
  it('keeps the strictest bound, whichever level says it, and names that level', () => {
    const rules = [
      { ...SILENT, rotateEveryDays: 90, maxAgeDays: 365 },
      { ...SILENT, teamId: 'team_a', rotateEveryDays: 30, maxAgeDays: 700 },
      { ...SILENT, teamId: 'team_b', rotateEveryDays: 1, maxAgeDays: 1 },
    ];
    const policy = resolveKeyPolicy(rules, ['team_root', 'team_a']);
    expect(policy.rotateEveryDays).toEqual({ value: 30, teamId: 'team_a' });
    expect(policy.maxAgeDays).toEqual({ value: 365, teamId: '' });
  });

  it('takes defaults from the nearest level that says something', () => {
    const rules = [
      { ...SILENT, defaultModels: ['gpt-5*'], defaultExpiryDays: 90 },
      { ...SILENT, teamId: 'team_a', defaultModels: ['claude-*'] },
    ];
    const policy = resolveKeyPolicy(rules, ['team_a']);
    expect(policy.defaultModels).toEqual({ value: ['claude-*'], teamId: 'team_a' });
    expect(policy.defaultExpiryDays).toEqual({ value: 90, teamId: '' });
    expect(policy.defaultBudget).toBeNull();
  });

  it('says nothing where nobody does', () => {
    const policy = resolveKeyPolicy([], []);
    expect(Object.values(policy).every((rule) => rule === null)).toBe(true);
    expect(usualExpiry(policy, 0)).toBeNull();
    expect(latestExpiry(policy, 0)).toBeUndefined();
    expect(rotationDueAt(policy, 0)).toBeNull();
  });
});

describe('usualExpiry()', () => {
  it('never lies behind the maximum age', () => {
    const policy = resolveKeyPolicy([{ ...SILENT, defaultExpiryDays: 90, maxAgeDays: 30 }], []);
    expect(usualExpiry(policy, 0)).toEqual(new Date(30 * DAY_MS));
  });

  it('is the maximum age where there is no other default', () => {
    const policy = resolveKeyPolicy([{ ...SILENT, maxAgeDays: 30 }], []);
    expect(usualExpiry(policy, 0)).toEqual(new Date(30 * DAY_MS));
  });
});

describe('scopeAllows()', () => {
  it.each([
    [[], [], true],
    [['gpt-5'], [], true],
    [['openai/gpt-5'], [], true],
    [['gpt-*'], [], true],
    [['openai/*'], [], true],
    [['gpt-4*'], [], false],
    [['azure/gpt-5'], [], false],
    [[], ['openai'], true],
    [['gpt-5'], ['azure'], false],
  ])('models %j of providers %j: %s', (models, providers, allowed) => {
    expect(scopeAllows(toModelScope(models, providers), 'openai', ['gpt-5'])).toBe(allowed);
  });
});
