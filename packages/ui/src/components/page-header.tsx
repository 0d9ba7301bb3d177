'use client';
/** Top of every page: where we are, what this is, what can be done. */
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';

export interface BreadcrumbsProps {
  /** Links as elements (`<Link href>Teams</Link>`); the last one is the page itself, as text. */
  readonly items: readonly ReactNode[];
}

export function Breadcrumbs({ items }: BreadcrumbsProps) {
  const { labels } = useUi();
  return (
    <nav aria-label={labels.breadcrumbs}>
      <ol className="flex flex-wrap items-center gap-1 text-sm text-ink-faint">
        {items.map((item, position) => {
          const last = position === items.length - 1;
          return (
            <li
              key={position}
              className="flex min-w-0 items-center gap-1"
              aria-current={last ? 'page' : undefined}
            >
              <span
                className={classNames(
                  'truncate',
                  last ? 'text-ink-soft' : '[&_a]:hover:text-ink [&_a]:hover:underline',
                )}
              >
                {item}
              </span>
              {!last && <ChevronRight aria-hidden className="size-3.5 shrink-0" />}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

export interface PageHeaderProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly breadcrumbs?: readonly ReactNode[];
  /** Beside the title: a StatusBadge. */
  readonly badge?: ReactNode;
  /**
   * Right: at most one primary button. On a phone that one comes first, and a direct child with `data-beside-title` stands in
   * the title's line.
   */
  readonly actions?: ReactNode;
  readonly className?: string;
}

const ACTIONS_ON_PHONES = [
  'max-sm:[&>[data-variant=primary]]:order-first',
  'max-sm:[&>[data-beside-title]]:absolute max-sm:[&>[data-beside-title]]:top-0 max-sm:[&>[data-beside-title]]:right-0',
  // Alone it must leave no line behind.
  'max-sm:has-[>[data-beside-title]:only-child]:contents',
].join(' ');

export function PageHeader({ title, description, breadcrumbs, badge, actions, className }: PageHeaderProps) {
  return (
    <header className={classNames('mb-5 flex flex-col gap-1.5', className)}>
      {breadcrumbs && <Breadcrumbs items={breadcrumbs} />}
      <div className="relative flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        {/* Long words wrap here before the buttons leave the line: those stay at the right as long as there is room. */}
        <div className="min-w-0 flex-1 basis-60">
          <div className={classNames('flex flex-wrap items-center gap-2.5', actions && 'max-sm:pr-11')}>
            <h1 className="min-w-0 text-xl font-semibold tracking-tight wrap-anywhere text-ink">{title}</h1>
            {badge}
          </div>
          {description && (
            <p className="mt-0.5 max-w-2xl text-base text-pretty text-ink-soft">{description}</p>
          )}
        </div>
        {actions && (
          <div className={classNames('flex flex-wrap items-center gap-2 print:hidden', ACTIONS_ON_PHONES)}>
            {actions}
          </div>
        )}
      </div>
    </header>
  );
}
