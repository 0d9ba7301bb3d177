import { describe, expect, it } from 'vitest';
import { findReadableAgent } from './user-agent.ts';

describe('findReadableAgent()', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      { browser: 'Chrome', system: 'Linux' },
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      { browser: 'Edge', system: 'Windows' },
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604',
      { browser: 'Safari', system: 'iOS' },
    ],
    [
      'Mozilla/5.0 (Macintosh; rv:140.0) Gecko/20100101 Firefox/140.0',
      { browser: 'Firefox', system: 'macOS' },
    ],
    ['curl/8.5.0', { browser: 'curl', system: undefined }],
    ['', undefined],
  ])('reads %s', (userAgent, agent) => {
    expect(findReadableAgent(userAgent)).toEqual(agent);
  });
});
