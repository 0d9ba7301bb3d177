import { PageHeader } from '@tollgate/ui';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { titlesOf } from '../../../../features/docs/content/doc-titles.ts';
import { DOC_PAGES } from '../../../../features/docs/content/index.ts';
import { DocView } from '../../../../features/docs/doc-view.tsx';
import { DocsFrame } from '../../../../features/docs/docs-frame.tsx';
import { isDocSlug } from '../../../../features/docs/docs-pages.ts';
import { getLocale, getMessages } from '../../../../i18n/server.ts';
import { getRuntime } from '../../../../server/runtime.ts';

interface DocPageProps {
  readonly params: Promise<{ readonly slug: string }>;
}

export async function generateMetadata({ params }: DocPageProps): Promise<Metadata> {
  const { slug } = await params;
  return isDocSlug(slug) ? { title: DOC_PAGES[await getLocale()][slug].title } : {};
}

export default async function Page({ params }: DocPageProps) {
  const { slug } = await params;
  if (!isDocSlug(slug)) notFound();
  const text = await getMessages('docs');
  const locale = await getLocale();
  const { config } = getRuntime();
  const page = DOC_PAGES[locale][slug];
  return (
    <>
      <PageHeader
        title={page.title}
        description={page.summary}
        breadcrumbs={[
          <Link key="docs" href="/docs">
            {text.title}
          </Link>,
          page.title,
        ]}
      />
      <DocsFrame current={slug} titles={titlesOf(locale)}>
        <DocView
          blocks={page.blocks}
          locale={locale}
          gatewayUrl={config.gatewayUrl}
          consoleUrl={new URL(config.consoleUrl).origin}
        />
      </DocsFrame>
    </>
  );
}
