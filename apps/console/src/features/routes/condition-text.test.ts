import { describe, expect, it } from 'vitest';
import { ruleText } from './condition-text.ts';
import { type DraftCondition, newCondition } from './route-draft.ts';
import { EDITOR_TEXT } from './use-editor-text.ts';

const when: readonly DraftCondition[] = [
  { ...newCondition(), tagName: 'tier', typed: 'free, trial' },
  { ...newCondition(), kind: 'inputTokens', operator: 'atLeast', typed: '8000' },
  { ...newCondition(), kind: 'team', operator: 'isNot', chosen: ['team_1'] },
  { ...newCondition(), kind: 'stream', chosen: ['false'] },
];

const wordsOf = (locale: 'en' | 'de') => ({
  text: EDITOR_TEXT[locale],
  locale,
  nameOf: (_: string, id: string) => (id === 'team_1' ? 'Search' : id),
});

describe('ruleText()', () => {
  it('says conditions as a sentence, in both languages', () => {
    const place = { place: 0, count: 2 };
    expect(ruleText(when, place, wordsOf('en'))).toBe(
      'If tag tier is free or trial and the input has at least 8,000 tokens and the team is not Search and the answer comes in one piece',
    );
    expect(ruleText(when, place, wordsOf('de'))).toBe(
      'Wenn das Kennzeichen tier free oder trial ist und die Eingabe mindestens 8.000 Token hat und das Team nicht Search ist und die Antwort in einem Stück kommt',
    );
  });

  it('says what a rule without conditions is, by where it stands', () => {
    expect(ruleText([], { place: 0, count: 1 }, wordsOf('en'))).toBe('Always');
    expect(ruleText([], { place: 1, count: 2 }, wordsOf('en'))).toBe('Otherwise');
    expect(ruleText([], { place: 1, count: 3 }, wordsOf('en'))).toBe('Always');
  });

  it('leaves out what is not given yet, and counts what is too much to read', () => {
    const place = { place: 0, count: 1 };
    expect(ruleText([newCondition()], place, wordsOf('en'))).toBe('If tag … is …');
    const many = { ...newCondition(), kind: 'endUser' as const, typed: 'a,b,c,d,e' };
    expect(ruleText([many], place, wordsOf('en'))).toBe('If the end user is a, b, c or 2 more');
  });
});
