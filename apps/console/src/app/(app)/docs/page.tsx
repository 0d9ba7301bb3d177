import { PageHeader } from '@tollgate/ui';
import type { Metadata } from 'next';
import Link from 'next/link';
import { titlesOf } from '../../../features/docs/content/doc-titles.ts';
import { DOC_PAGES } from '../../../features/docs/content/index.ts';
import { DocsFrame } from '../../../features/docs/docs-frame.tsx';
import { DOC_SLUGS } from '../../../features/docs/docs-pages.ts';
import { getLocale, getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('docs')).title };
}

export default async function Page() {
  const text = await getMessages('docs');
  const locale = await getLocale();
  const pages = DOC_PAGES[locale];
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <DocsFrame current={undefined} titles={titlesOf(locale)}>
        <ul className="grid gap-3 sm:grid-cols-2">
          {DOC_SLUGS.map((slug) => (
            <li key={slug}>
              <Link
                href={`/docs/${slug}`}
                className="block h-full rounded-lg border border-line bg-surface p-4 hover:bg-hover"
              >
                <span className="block text-base font-semibold text-ink">{pages[slug].title}</span>
                <span className="mt-0.5 block text-sm text-pretty text-ink-soft">{pages[slug].summary}</span>
              </Link>
            </li>
          ))}
        </ul>
      </DocsFrame>
    </>
  );
}
