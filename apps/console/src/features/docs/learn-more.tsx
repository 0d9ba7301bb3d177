'use client';
/** Under an empty state or a refusal: the page that explains it. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { DocsLink } from './docs-link.tsx';
import type { DocSlug } from './docs-pages.ts';

export interface LearnMoreProps {
  readonly page: DocSlug;
  /** A part of it. */
  readonly anchor?: string;
}

export function LearnMore({ page, anchor }: LearnMoreProps) {
  const text = useMessages('docs').about;
  return (
    <DocsLink page={page} {...(anchor !== undefined && { anchor })}>
      {text[page]}
    </DocsLink>
  );
}
