import { describe, expect, it } from 'vitest';
import { channelValues, parseClock, toChannelBody, toClock } from './channel-form-values.ts';

describe('clocks', () => {
  it('read what they write, for every minute of a day', () => {
    for (let minute = 0; minute < 1_440; minute++) expect(parseClock(toClock(minute))).toBe(minute);
  });

  it.each(['24:00', '7', '7:60', '', 'seven', '-1:00'])('refuse %s', (text) => {
    expect(parseClock(text)).toBeUndefined();
  });
});

describe('toChannelBody()', () => {
  it('takes addresses however they are separated', () => {
    const values = { ...channelValues(undefined, 'en'), addresses: ' a@x.com, b@x.com;c@x.com\nd@x.com ' };
    expect(toChannelBody(values).recipients?.addresses).toEqual(['a@x.com', 'b@x.com', 'c@x.com', 'd@x.com']);
  });

  it('sends no URL that was not filled in, so that the kept one stays', () => {
    expect(toChannelBody({ ...channelValues(undefined, 'en'), kind: 'slack' })).not.toHaveProperty('url');
  });
});
