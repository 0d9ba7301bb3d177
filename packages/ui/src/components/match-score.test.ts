import { expect, it } from 'vitest';
import { matchScore, orderGroups, paletteKeywords } from './match-score.ts';

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

it('the group with the best entry stands on top; those that are as good stay in their order', () => {
  const docs = {
    id: 'docs',
    matched: true,
    items: [{ label: 'Requests: what is kept' }, { label: 'Budgets' }],
  };
  const keys = { id: 'keys', matched: true, items: [{ label: 'First words' }] };
  const pages = { id: 'pages', items: [{ label: 'Requests' }, { label: 'Usage' }] };
  const order = (query: string) => orderGroups([pages, keys, docs], query).map(({ id }) => id);
  expect(order('requests')).toEqual(['pages', 'docs', 'keys']);
  expect(order('first')).toEqual(['keys', 'docs', 'pages']);
  expect(order(' ')).toEqual(['pages', 'keys', 'docs']);
});
