import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueForSchema } from './schema-value.ts';

describe('valueForSchema()', () => {
  it('fills every property with a value of its type', () => {
    const schema = {
      type: 'object',
      $defs: {
        point: {
          type: 'object',
          properties: { x: { type: 'number', minimum: 5, maximum: 6 } },
          required: ['x'],
        },
      },
      properties: {
        name: { type: 'string', minLength: 12, maxLength: 14 },
        count: { type: 'integer', minimum: 3 },
        unit: { enum: ['celsius', 'fahrenheit'] },
        at: { type: 'string', format: 'date-time' },
        where: { $ref: '#/$defs/point' },
        list: { type: 'array', items: { type: 'boolean' }, minItems: 2 },
        either: { anyOf: [{ const: 7 }, { type: 'null' }] },
        nullable: { type: ['null', 'string'] },
      },
    };
    expect(valueForSchema(schema, 1)).toEqual({
      name: expect.stringMatching(/^.{12,14}$/),
      count: expect.toSatisfy((count: number) => Number.isInteger(count) && count >= 3),
      unit: expect.stringMatching(/^(celsius|fahrenheit)$/),
      at: '2026-01-15T12:00:00Z',
      where: { x: expect.toSatisfy((x: number) => x >= 5 && x <= 6) },
      list: [expect.any(Boolean), expect.any(Boolean)],
      either: 7,
      nullable: expect.any(String),
    });
  });

  it('ends on schemas that contain themselves', () => {
    const tree = {
      type: 'object',
      properties: { left: { $ref: '#' }, items: { type: 'array', items: { $ref: '#' } } },
      required: ['left'],
    };
    expect(JSON.stringify(valueForSchema(tree, 1)).length).toBeLessThan(100_000);
  });

  it('returns JSON for anything that calls itself a schema', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (schema, hash) => {
        const value = valueForSchema(schema, hash);
        expect(JSON.parse(JSON.stringify(value ?? null))).toEqual(value ?? null);
      }),
    );
  });
});
