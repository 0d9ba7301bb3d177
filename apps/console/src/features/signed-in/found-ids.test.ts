import { newId } from '@tollgate/ids';
import { describe, expect, it } from 'vitest';
import { isNumberLike, pageOfId } from './found-ids.ts';

describe('what is pasted into the palette', () => {
  it('opens what an id names', () => {
    const ids = [newId('request', 1), newId('virtualKey', 1), newId('team', 1), newId('invoice', 1)] as const;
    expect(ids.map((id) => pageOfId(` ${id} `))).toEqual([
      `/requests/${ids[0]}`,
      `/keys/${ids[1]}`,
      `/teams/${ids[2]}`,
      `/invoices/${ids[3]}`,
    ]);
  });

  it('is searched for where it is no id, or one without a page', () => {
    for (const typed of ['req_', 'key_../../x', 'production', newId('event', 1)]) {
      expect(pageOfId(typed)).toBeUndefined();
    }
  });

  it('may be the number of an invoice, which names are not', () => {
    expect(['2026-000123', 'TG-0042'].map(isNumberLike)).toEqual([true, true]);
    expect(['gpt-5', 'Ada'].map(isNumberLike)).toEqual([false, false]);
  });
});
