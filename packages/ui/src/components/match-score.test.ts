import { expect, it } from 'vitest';
import { matchScore, paletteKeywords } from './match-score.ts';

const scoreOf = (search: string, label: string, matched = false) =>
  matchScore('', search, paletteKeywords({ label }, { matched }));

it('a page that is called what was typed stands above a text that only speaks of it', () => {
  expect(scoreOf('requests', 'Requests')).toBeGreaterThan(scoreOf('requests', 'Rate limits', true));
  expect(scoreOf('requests', 'Rate limits', true)).toBeGreaterThan(0);
  expect(scoreOf('requests', 'Rate limits')).toBe(0);
});

it('a thing that the server found by its name stands as high as a page of that name', () => {
  expect(scoreOf('first', 'First words', true)).toBe(scoreOf('first', 'First steps'));
  expect(scoreOf('first', 'First words', true)).toBeGreaterThan(scoreOf('first', 'The first call'));
});

it('every word may stand anywhere, in capitals or not', () => {
  expect(scoreOf('KEY new', 'Create a new key')).toBe(0.5);
  expect(scoreOf('kye', 'Create a new key')).toBe(0);
});
