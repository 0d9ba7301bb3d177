import { describe, expect, it } from 'vitest';
import { contestedAfter, mergeNewer } from './merge-newer.ts';

const BEFORE = { maxAge: '30', overlap: '24', models: ['gpt-5'] };

describe('mergeNewer', () => {
  it('keeps what was typed, shows what somebody else changed elsewhere, and names what both changed', () => {
    const now = { ...BEFORE, maxAge: '60', models: ['gpt-5', 'sim-small'] };
    const newer = { ...BEFORE, maxAge: '90', overlap: '12' };
    expect(mergeNewer(BEFORE, now, newer)).toEqual({
      values: { maxAge: '60', overlap: '12', models: ['gpt-5', 'sim-small'] },
      typed: ['maxAge', 'models'],
      contested: ['maxAge'],
    });
  });

  it('contests nothing that both changed alike, nor what was sent from here and came back in another spelling', () => {
    const now = { ...BEFORE, maxAge: '1.000', overlap: '12' };
    const newer = { ...BEFORE, maxAge: '1000', overlap: '12' };
    expect(mergeNewer(BEFORE, now, newer, { sent: now })).toEqual({
      values: newer,
      typed: [],
      contested: [],
    });
  });

  it('keeps what is typed after something was sent', () => {
    const sent = { ...BEFORE, maxAge: '60' };
    const merged = mergeNewer(BEFORE, { ...sent, overlap: '1' }, sent, { sent });
    expect(merged).toMatchObject({
      values: { maxAge: '60', overlap: '1' },
      typed: ['overlap'],
      contested: [],
    });
  });

  it('does not take what was sent from here for the change of another, when typing goes on in that field', () => {
    const sent = { ...BEFORE, maxAge: '60' };
    const now = { ...BEFORE, maxAge: '60 days' };
    expect(mergeNewer(BEFORE, now, sent, { sent })).toEqual({
      values: now,
      typed: ['maxAge'],
      contested: [],
    });
    const others = { ...sent, maxAge: '90' };
    expect(mergeNewer(BEFORE, now, others, { sent }).contested).toEqual(['maxAge']);
  });

  it('names what is typed into a field that never shows what is stored, when the stored one is another', () => {
    const before = { name: 'Archive', secret: '' };
    const now = { ...before, secret: 'typed' };
    const signs = [{ secret: 'AKIA1' }, { secret: 'AKIA2' }] as const;
    expect(mergeNewer(before, now, before, { signs })).toEqual({
      values: now,
      typed: ['secret'],
      contested: ['secret'],
    });
    expect(mergeNewer(before, now, before, { signs: [signs[0], signs[0]] }).contested).toEqual([]);
    expect(mergeNewer(before, before, before, { signs }).contested).toEqual([]);
  });

  it('names what an earlier change contested as long as it is typed and different', () => {
    const now = { ...BEFORE, maxAge: '60', overlap: '1' };
    const first = { ...BEFORE, maxAge: '90' };
    const second = { ...first, overlap: '12' };
    const one = contestedAfter(undefined, mergeNewer(BEFORE, now, first));
    expect(one).toEqual(['maxAge']);
    const both = contestedAfter(one, mergeNewer(first, now, second));
    expect(both).toEqual(['maxAge', 'overlap']);
    expect(contestedAfter(both, mergeNewer(second, now, { ...second, maxAge: '60' }))).toEqual(['overlap']);
    expect(contestedAfter(undefined, mergeNewer(BEFORE, BEFORE, first))).toBeUndefined();
    expect(contestedAfter([], mergeNewer(BEFORE, BEFORE, first))).toEqual([]);
  });
});
