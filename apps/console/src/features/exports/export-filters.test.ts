import { expect, it } from 'vitest';
import { NO_FILTERS, toFilterBody } from './export-filters.tsx';

it('asks for everything unless something is said, and keeps live and test apart', () => {
  expect(toFilterBody(NO_FILTERS)).toEqual({});
  expect(toFilterBody({ ...NO_FILTERS, mode: 'test', model: ' gpt-5 ', costCenter: 'CC-1' })).toEqual({
    livemode: false,
    model: 'gpt-5',
    costCenter: 'CC-1',
  });
  expect(toFilterBody({ ...NO_FILTERS, mode: 'live' })).toEqual({ livemode: true });
});
