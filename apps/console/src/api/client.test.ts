import { describe, expect, it } from 'vitest';
import { ApiError, toApiProblem } from './api-error.ts';
import { toCurl, toFetchCode } from './call-code.ts';
import { signInPath } from './client.ts';
import { findOrganizationId } from './organization.ts';
import { apiQueryKey, withQuery } from './query-key.ts';

describe('toApiProblem()', () => {
  it('keeps everything a screen needs from problem+json', () => {
    const body = {
      type: 'about:blank',
      title: 'Invalid input',
      status: 422,
      code: 'invalid_input',
      detail: 'name is taken',
      requestId: 'req_1',
      errors: [{ path: '/name', message: 'Taken' }, { path: 1 }, null],
    };
    const error = new ApiError(toApiProblem(422, body, null));
    expect(error).toMatchObject({
      status: 422,
      code: 'invalid_input',
      message: 'name is taken',
      requestId: 'req_1',
      errors: [{ path: '/name', message: 'Taken' }],
    });
  });

  it.each([undefined, null, '<html>502</html>', 7, []])('makes an error of a foreign body: %j', (body) => {
    expect(toApiProblem(502, body, 'req_2')).toEqual({
      status: 502,
      code: 'http_502',
      title: 'HTTP 502',
      detail: undefined,
      errors: [],
      requestId: 'req_2',
    });
  });
});

describe('signInPath()', () => {
  it('carries where to return to', () => {
    expect(signInPath('/keys?team=a')).toBe('/sign-in?next=%2Fkeys%3Fteam%3Da');
    expect(signInPath('/')).toBe('/sign-in');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/sign-in?next=/x',
  ])('drops %s, which would leave the console or loop', (next) => {
    expect(signInPath(next)).toBe('/sign-in');
  });
});

describe('findOrganizationId()', () => {
  it('reads its cookie among others and refuses a malformed value', () => {
    expect(findOrganizationId('a=b; tollgate_organization=org_2xN4; c=d')).toBe('org_2xN4');
    expect(findOrganizationId('tollgate_organization=org_1%0d%0ax')).toBeUndefined();
    expect(findOrganizationId('xtollgate_organization=org_1')).toBeUndefined();
    expect(findOrganizationId('')).toBeUndefined();
  });
});

describe('apiQueryKey()', () => {
  it('is a prefix of the keys of everything below the path', () => {
    expect(apiQueryKey('/keys/key_1?x=1')).toEqual(['api', 'keys', 'key_1', '?x=1']);
    expect(apiQueryKey('/keys/key_1').slice(0, 2)).toEqual(apiQueryKey('/keys'));
  });
});

describe('withQuery()', () => {
  it('leaves out what is empty and escapes the rest', () => {
    expect(
      withQuery('/usage', { from: '2026-11-01', groupBy: ['team', 'tag:a b'], to: undefined, q: '' }),
    ).toBe('/usage?from=2026-11-01&groupBy=team%2Ctag%3Aa+b');
    expect(withQuery('/usage', { to: null })).toBe('/usage');
  });
});

describe('toCurl()', () => {
  it('quotes a body with quotes so that no shell reads it', () => {
    expect(
      toCurl('http://localhost:3000', { path: '/teams', method: 'POST', json: { name: "it's $(x)" } }),
    ).toBe(
      [
        "curl -X POST 'http://localhost:3000/api/v1/teams' \\",
        '  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN" \\',
        "  -H 'Content-Type: application/json' \\",
        `  -d '{\n  "name": "it'\\''s $(x)"\n}'`,
      ].join('\n'),
    );
  });
});

describe('toFetchCode()', () => {
  it('holds no secret, only the name of the variable', () => {
    expect(toFetchCode('http://localhost:3000', { path: '/keys' })).toContain(
      'process.env.TOLLGATE_ADMIN_TOKEN',
    );
  });
});
