'use client';
/** Places of the documentation in the command palette. Renders nothing. */
import type { CommandItem } from '@tollgate/ui';
import { BookOpen } from 'lucide-react';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { useCommandSource } from '../shell/command-sources.tsx';

export function DocsCommandSource() {
  const go = useGo();
  const locale = useLocale();
  const { title } = useMessages('docs');
  useCommandSource(
    useMemo(
      () => ({
        id: 'docs',
        title,
        last: true,
        search: async (query: string) => {
          const { findDocs } = await import('./find-docs.ts');
          return findDocs(locale, query).map(
            (hit): CommandItem => ({
              id: `docs-${hit.slug}-${hit.anchor}`,
              label: hit.heading === '' ? hit.title : `${hit.title}: ${hit.heading}`,
              icon: <BookOpen aria-hidden />,
              onSelect: () => go(`/docs/${hit.slug}${hit.anchor === '' ? '' : `#${hit.anchor}`}`),
            }),
          );
        },
      }),
      [title, locale, go],
    ),
  );
  return null;
}
