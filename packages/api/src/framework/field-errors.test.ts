import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { name, timeZone } from './field.ts';
import { FIELD_CODES } from './field-errors.ts';
import { ApiProblem } from './problem.ts';
import { parsePart } from './read-input.ts';

const Body = z.strictObject({
  name,
  zone: timeZone.exactOptional(),
  tags: z.array(z.string()).max(2).exactOptional(),
  count: z.int().min(1).max(9).exactOptional(),
  kind: z.enum(['hard', 'soft']).exactOptional(),
  token: z.string().min(8).exactOptional(),
});

function errorsOf(body: object): object[] {
  try {
    parsePart('body', Body, body);
  } catch (error) {
    if (error instanceof ApiProblem) return (error.errors ?? []).map(({ message: _, ...rest }) => rest);
    throw error;
  }
  return [];
}

describe('errors of fields', () => {
  it.each([
    ['a missing field', {}, { path: 'body.name', code: 'required' }],
    ['an empty one', { name: ' ' }, { path: 'body.name', code: 'required' }],
    ['a number for text', { name: 5 }, { path: 'body.name', code: 'wrong_type' }],
    ['too long a text', { name: 'x'.repeat(101) }, { path: 'body.name', code: 'too_long', limit: 100 }],
    ['a line break', { name: 'a\nb' }, { path: 'body.name', code: 'control_characters' }],
    ['no time zone', { name: 'a', zone: 'Moon/Sea' }, { path: 'body.zone', code: 'time_zone' }],
    ['too many', { name: 'a', tags: ['1', '2', '3'] }, { path: 'body.tags', code: 'too_many', limit: 2 }],
    ['too small a number', { name: 'a', count: 0 }, { path: 'body.count', code: 'too_small', limit: 1 }],
    ['too large a number', { name: 'a', count: 10 }, { path: 'body.count', code: 'too_large', limit: 9 }],
    ['an unknown choice', { name: 'a', kind: 'x' }, { path: 'body.kind', code: 'not_allowed' }],
    ['too short a text', { name: 'a', token: 'x' }, { path: 'body.token', code: 'too_short', limit: 8 }],
    ['a field of nobody', { name: 'a', x: 1 }, { path: 'body.x', code: 'unknown_field' }],
  ])('say by code what is wrong with %s', (_what, body, expected) => {
    expect(errorsOf(body)).toEqual([expected]);
  });

  it('have a code each, once', () => {
    expect(new Set(FIELD_CODES).size).toBe(FIELD_CODES.length);
  });
});
