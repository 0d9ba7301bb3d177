/** A link to where something is explained. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { DocSlug } from './docs-pages.ts';

export interface DocsLinkProps {
  readonly page: DocSlug;
  readonly anchor?: string;
  readonly children: ReactNode;
}

export function DocsLink({ page, anchor, children }: DocsLinkProps) {
  return (
    <Link
      href={`/docs/${page}${anchor === undefined ? '' : `#${anchor}`}`}
      className="text-accent-ink underline underline-offset-3 hover:decoration-2"
    >
      {children}
    </Link>
  );
}
