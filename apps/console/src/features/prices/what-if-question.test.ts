import { describe, expect, it } from 'vitest';
import { fieldOfInstant, instantOfField, readQuestion, toBody, toUrl } from './what-if-question.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const reader = (query: string) => {
  const parameters = new URLSearchParams(query);
  return (name: string) => parameters.get(name) ?? undefined;
};

describe('what would have been', () => {
  it('is whole in the address: who opens a link asks the same', () => {
    const asked = {
      days: '7',
      models: ['openai/gpt-5', 'x/org/model'],
      at: '2026-11-01T00:00:00.000Z',
    } as const;
    const query = new URLSearchParams(toUrl(asked) as Record<string, string>).toString();
    expect(readQuestion(reader(query))).toEqual({ ...asked, requestId: undefined });
    expect(toBody(readQuestion(reader(query)), NOW)).toEqual({
      from: '2026-11-15T12:00:00.000Z',
      alternatives: [
        { provider: 'openai', model: 'gpt-5', at: asked.at },
        { provider: 'x', model: 'org/model', at: asked.at },
      ],
    });
  });

  it('is of 30 days unless told, and of one request where the address names it', () => {
    expect(toUrl({ days: '30' })).toEqual({ days: undefined });
    const question = readQuestion(reader('request=req_1&models=openai/gpt-5&days=13&at=x'));
    expect(question).toMatchObject({ days: '30', at: undefined });
    expect(toBody(question, NOW)).toEqual({
      requestId: 'req_1',
      alternatives: [{ provider: 'openai', model: 'gpt-5' }],
    });
  });

  it('needs a model or another day, and takes no more than five models', () => {
    expect(toBody(readQuestion(reader('')), NOW)).toBeUndefined();
    expect(toBody(readQuestion(reader('models=a/1,a/2,a/3,a/4,a/5,a/6')), NOW)).toBeUndefined();
    expect(toBody(readQuestion(reader('at=2026-11-01')), NOW)).toMatchObject({
      alternatives: [{ at: '2026-11-01T00:00:00.000Z' }],
    });
  });

  it('reads the clocks of the named zone, wherever the browser is', () => {
    const at = instantOfField('2026-11-21T08:30', 'Asia/Kathmandu');
    expect(at).toBe('2026-11-21T02:45:00.000Z');
    expect(fieldOfInstant(at, 'Asia/Kathmandu')).toBe('2026-11-21T08:30');
    expect(instantOfField('', 'UTC')).toBeUndefined();
    expect(instantOfField('2026-11-21T', 'UTC')).toBeUndefined();
    expect(fieldOfInstant(undefined, 'UTC')).toBe('');
  });

  it('takes a year for one when it is typed to its end', () => {
    const typed = ['0002', '0020', '0202', '2026', '20261'].map((year) => `${year}-11-21T08:30`);
    expect(typed.map((text) => instantOfField(text, 'Europe/Berlin'))).toEqual([
      undefined,
      undefined,
      undefined,
      '2026-11-21T07:30:00.000Z',
      undefined,
    ]);
  });

  it('shows a year of one digit as that year, not as one of the 20th century', () => {
    // Berlin was 53 minutes and 28 seconds ahead before there were time zones.
    expect(fieldOfInstant('0002-11-21T08:30:00.000Z', 'Europe/Berlin')).toBe('0002-11-21T09:23');
  });
});
