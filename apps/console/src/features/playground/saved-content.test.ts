import { describe, expect, it } from 'vitest';
import { EMPTY_SETTINGS, newColumn } from './conversation.ts';
import { readSavedContent, toSavedContent } from './saved-content.ts';

describe('saved content', () => {
  it('comes back as it was, and whatever else comes back as something that can be shown', () => {
    const parameters = {
      ...EMPTY_SETTINGS.parameters,
      maxTokens: '64',
      maxTokensName: 'max_tokens',
    } as const;
    const settings = { ...EMPTY_SETTINGS, system: 'Be brief.', teamId: 'team_1', parameters };
    const saved = toSavedContent(settings, [newColumn('a'), newColumn('')], ['Hi']);
    expect(readSavedContent(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
    expect(saved.models).toEqual(['a']);
    for (const broken of [null, 5, 'x', [], { models: 'a', parameters: 7, messages: [1] }]) {
      expect(readSavedContent(broken)).toMatchObject({ models: [], messages: [] });
    }
  });
});
