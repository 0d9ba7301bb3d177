'use client';
/** Places of the documentation in the command palette. Renders nothing. */
import type { CommandItem } from '@tollgate/ui';
import { BookOpen } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useCommandSource } from '../shell/command-sources.tsx';

export function DocsCommandSource() {
  const router = useRouter();
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
              onSelect: () => router.push(`/docs/${hit.slug}${hit.anchor === '' ? '' : `#${hit.anchor}`}`),
            }),
          );
        },
      }),
      [title, locale, router],
    ),
  );
  return null;
}
