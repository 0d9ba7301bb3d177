import { QueryClient } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findThings, type ThingKind } from './found-things.tsx';

const KINDS: readonly ThingKind[] = [
  'members',
  'service-accounts',
  'models',
  'route',
  'budget',
  'rate-limit',
  'provider-credential',
  'alert-rule',
  'notification-channel',
  'webhook-endpoint',
  'invoice',
  'credit-note',
  'role',
  'saved-view',
  'saved-report',
];

const VIEW = { q: 'status:>=400', range: 'week', from: null, to: null, columns: null };
const FOUND = [
  { kind: 'rate-limit', id: 'lim_1', name: 'Falcon crew', hint: 'gpt-5', question: null },
  { kind: 'credit-note', id: 'cn_1', name: 'CN-0042', hint: '', question: null },
  { kind: 'saved-view', id: 'view_1', name: 'Falcon errors', hint: '', question: VIEW },
];

afterEach(() => vi.unstubAllGlobals());

/** What everything that is found leads to, and what was asked for it. */
async function findAll(query: string) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return Response.json({ data: url.includes('/search?') ? FOUND : [], nextCursor: null });
  });
  const opened: string[] = [];
  const search = {
    query,
    signal: new AbortController().signal,
    client: new QueryClient(),
    go: (href: string) => void opened.push(href),
  };
  const found = (await Promise.all(KINDS.map((kind) => findThings(kind, search)))).flat();
  for (const { onSelect } of found) onSelect?.();
  return { asked, opened, labels: found.map(({ label }) => label) };
}

describe('what the palette finds', () => {
  it('[S7] is asked for in four questions, whatever the kinds, beside those for keys and teams', async () => {
    const { asked } = await findAll('falcon');
    expect(asked.map((url) => new URL(url, 'http://localhost').pathname).toSorted()).toEqual([
      '/api/v1/members',
      '/api/v1/models',
      '/api/v1/search',
      '/api/v1/service-accounts',
    ]);
  });

  it('leads to where it is shown; a view brings what it asks', async () => {
    const { opened, labels } = await findAll('falcon');
    expect(labels).toEqual(['Falcon crew', 'CN-0042', 'Falcon errors']);
    expect(opened).toEqual([
      '/rate-limits?open=lim_1',
      '/invoices?kind=notes&note=cn_1',
      '/requests?q=status%3A%3E%3D400&range=week&view=view_1',
    ]);
  });
});
