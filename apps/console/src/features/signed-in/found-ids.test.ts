import { newId } from '@tollgate/ids';
import { describe, expect, it } from 'vitest';
import { isNumberLike, pageOfId } from './found-ids.ts';

describe('what is pasted into the palette', () => {
  it('opens what an id names', () => {
    const pages: readonly (readonly [string, string])[] = [
      [newId('request', 1), '/requests/ID'],
      [newId('virtualKey', 1), '/keys/ID'],
      [newId('team', 1), '/teams/ID'],
      [newId('invoice', 1), '/invoices/ID'],
      [newId('route', 1), '/routes/ID'],
      [newId('budget', 1), '/budgets?open=ID'],
      [newId('rateLimit', 1), '/rate-limits?open=ID'],
      [newId('providerCredential', 1), '/providers?q=ID'],
      [newId('serviceAccount', 1), '/service-accounts?open=ID'],
      [newId('member', 1), '/members?q=ID'],
      [newId('creditNote', 1), '/invoices?kind=notes&note=ID'],
      [newId('alert', 1), '/alerts?open=ID'],
      [newId('webhookEndpoint', 1), '/alerts?tab=webhooks&endpoint=ID'],
      [newId('event', 1), '/settings/audit-log?event=ID'],
    ];
    expect(pages.map(([id]) => pageOfId(` ${id} `))).toEqual(
      pages.map(([id, page]) => page.replace('ID', id)),
    );
  });

  it('is searched for where it is no id, or one without a page', () => {
    for (const typed of [
      'req_',
      'key_../../x',
      'production',
      newId('gateway', 1),
      'constructor_1111111111111111',
    ]) {
      expect(pageOfId(typed)).toBeUndefined();
    }
  });

  it('may be the number of an invoice, which names are not', () => {
    expect(['2026-000123', 'TG-0042'].map(isNumberLike)).toEqual([true, true]);
    expect(['gpt-5', 'Ada'].map(isNumberLike)).toEqual([false, false]);
  });
});
