import { describe, expect, it } from 'vitest';
import { audit as german } from '../../i18n/de/audit.ts';
import { audit as english } from '../../i18n/en/audit.ts';
import { PAGES } from '../shell/navigation.ts';
import { DOC_PAGES } from './content/index.ts';
import { DOC_SLUGS, isDocSlug, pageOfError } from './docs-pages.ts';
import { findDocs } from './find-docs.ts';

const shapeOf = (locale: 'en' | 'de') =>
  DOC_SLUGS.map((slug) =>
    DOC_PAGES[locale][slug].blocks.map((block) => ({
      kind: block.kind,
      ...('name' in block && { name: block.name }),
      ...('id' in block && { id: block.id }),
      ...('items' in block && { items: block.items.length }),
      ...('rows' in block && { rows: block.rows.length }),
    })),
  );

describe('the documentation', () => {
  it('says the same in both languages, part by part', () => {
    expect(shapeOf('de')).toEqual(shapeOf('en'));
  });

  it('links only to pages that exist', () => {
    const known = new Set(PAGES.map(({ href }) => href));
    const links = JSON.stringify(DOC_PAGES).matchAll(/\]\((\/[^)\s]*)\)/g);
    for (const [, href = ''] of links) {
      const path = href.split(/[?#]/)[0] ?? '';
      const slug = path.startsWith('/docs/') ? path.slice(6) : undefined;
      expect(slug === undefined ? known.has(path) : isDocSlug(slug), href).toBe(true);
    }
  });

  it.each([
    ['en', english, ['“', '”']],
    ['de', german, ['„', '“']],
  ] as const)(
    'calls what is pressed as the page of the audit log does (%s)',
    (locale, words, [open, close]) => {
      const told = JSON.stringify(DOC_PAGES[locale].security);
      for (const name of [words.verify, words.exportLog, words.exportJsonl])
        expect(told).toContain(`${open}${name}${close}`);
    },
  );

  it('is found by what people look for, error codes included', () => {
    expect(findDocs('en', 'base url')[0]?.slug).toBe('sdks');
    expect(findDocs('en', 'unbounded_cost').map(({ slug }) => slug)).toContain('budgets');
    expect(findDocs('en', 'capacity_share_exceeded')[0]?.slug).toBe('errors');
    expect(findDocs('de', 'signatur')[0]?.slug).toBe('webhooks');
    expect(findDocs('en', 'rotating')[0]).toMatchObject({ slug: 'security', anchor: 'rotate' });
    expect(findDocs('en', 'idempotency')[0]).toMatchObject({ slug: 'headers', anchor: 'idempotency' });
    expect(findDocs('de', 'kennzeichen').map(({ slug }) => slug)).toContain('headers');
    expect(findDocs('en', 'admin token')[0]?.slug).toBe('api');
    expect(findDocs('en', 'how do i set up single sign-on')[0]?.slug).toBe('single-sign-on');
    expect(findDocs('de', 'identitätsanbieter')[0]?.slug).toBe('single-sign-on');
    expect(findDocs('en', 'batch cost')[0]?.slug).toBe('batches');
    expect(findDocs('en', 'guardrail')).toEqual([]);
    expect(findDocs('de', 'übertragen')[0]).toMatchObject({ slug: 'budgets', anchor: 'carry-over' });
    expect(findDocs('en', 'zzz')).toEqual([]);
  });

  it('explains a refusal where it is explained best', () => {
    expect(pageOfError('budget_in_flight')).toBe('budgets');
    expect(pageOfError('upstream_timeout')).toBe('errors');
    expect(pageOfError('')).toBeUndefined();
  });
});
