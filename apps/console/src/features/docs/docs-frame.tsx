'use client';
/** Search and list of pages beside the page that is read. */
import { classNames, Input } from '@tollgate/ui';
import { Search } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { DOC_SLUGS, type DocSlug } from './docs-pages.ts';
import type { DocHit } from './search-docs.ts';

export interface DocsFrameProps {
  readonly current: DocSlug | undefined;
  readonly titles: Readonly<Record<DocSlug, string>>;
  readonly children: ReactNode;
}

export function DocsFrame({ current, titles, children }: DocsFrameProps) {
  const text = useMessages('docs');
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-3 lg:sticky lg:top-16 lg:self-start">
        <DocsSearch />
        <nav aria-label={text.pages} className="max-lg:hidden">
          <ul className="flex flex-col gap-px">
            {DOC_SLUGS.map((slug) => (
              <li key={slug}>
                <Link
                  href={`/docs/${slug}`}
                  aria-current={slug === current ? 'page' : undefined}
                  className={classNames(
                    'flex min-h-8 items-center rounded-sm px-2 text-sm',
                    slug === current
                      ? 'bg-selected font-medium text-ink'
                      : 'text-ink-soft hover:bg-hover hover:text-ink',
                  )}
                >
                  {titles[slug]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <div className="min-w-0">{children}</div>
    </div>
  );
}

function DocsSearch() {
  const text = useMessages('docs');
  const locale = useLocale();
  const [query, setQuery] = useState('');
  const deferred = useDeferredValue(query.trim());
  const [hits, setHits] = useState<readonly DocHit[]>([]);
  useEffect(() => {
    let current = true;
    if (deferred.length < 2) {
      setHits([]);
      return;
    }
    // The texts are loaded with the first letters only.
    void import('./find-docs.ts').then(({ findDocs }) => {
      if (current) setHits(findDocs(locale, deferred));
    });
    return () => {
      current = false;
    };
  }, [deferred, locale]);
  return (
    <search className="relative">
      <Input
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        prefix={<Search />}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {deferred.length >= 2 && (
        <ul
          aria-label={text.found}
          className="mt-1.5 flex flex-col gap-px rounded-md border border-line bg-raised p-1 shadow-md max-lg:absolute max-lg:inset-x-0 max-lg:z-20"
        >
          {hits.length === 0 && <li className="px-2 py-2 text-sm text-ink-faint">{text.nothingFound}</li>}
          {hits.map((hit) => (
            <li key={`${hit.slug}-${hit.anchor}`}>
              <Link
                href={`/docs/${hit.slug}${hit.anchor === '' ? '' : `#${hit.anchor}`}`}
                onClick={() => setQuery('')}
                className="block rounded-sm px-2 py-1.5 hover:bg-hover"
              >
                <span className="block text-sm font-medium text-ink">{hit.heading || hit.title}</span>
                <span className="line-clamp-2 text-xs text-ink-faint">{hit.excerpt}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
