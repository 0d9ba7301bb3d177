/** Frames for content: Card, and StatCard for one figure with its change and a small chart. */
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { Skeleton } from './skeleton.tsx';

export interface CardProps extends Omit<ComponentProps<'section'>, 'title'> {
  readonly title?: ReactNode;
  readonly description?: ReactNode;
  /** Right of the title. */
  readonly actions?: ReactNode;
  readonly footer?: ReactNode;
  /** Without padding around the body, for tables and charts to the edge. */
  readonly flush?: boolean;
}

export function Card({
  title,
  description,
  actions,
  footer,
  flush = false,
  className,
  children,
  ...rest
}: CardProps) {
  return (
    <section
      className={classNames('flex min-w-0 flex-col rounded-lg border border-line bg-surface', className)}
      {...rest}
    >
      {(title || actions) && (
        <header
          className={classNames(
            'flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3.5',
            flush ? 'pb-3' : 'pb-1',
          )}
        >
          {/* What is told beside a button breaks its lines, before the button goes below. */}
          <div className="min-w-0 flex-1 basis-40">
            {title && <h2 className="text-base font-semibold text-ink">{title}</h2>}
            {description && <p className="mt-0.5 text-sm text-ink-faint">{description}</p>}
          </div>
          {actions && <div className="flex items-center gap-2 print:hidden">{actions}</div>}
        </header>
      )}
      <div className={classNames('min-w-0 flex-1', !flush && 'p-4', !flush && title && 'pt-2.5')}>
        {children}
      </div>
      {footer && (
        <footer className="flex flex-wrap items-center justify-between gap-2 rounded-b-lg border-t border-line bg-sunken px-4 py-2.5 text-sm text-ink-soft">
          {footer}
        </footer>
      )}
    </section>
  );
}

export interface StatCardProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly change?: {
    readonly text: string;
    readonly direction: 'up' | 'down' | 'flat';
    /** Whether the change is welcome; more spend is not by itself bad, so the default is neutral. */
    readonly tone?: 'good' | 'bad' | 'neutral';
    /** Read out instead of the text, for instance "up 12% against last month". */
    readonly spoken?: string;
  };
  readonly hint?: ReactNode;
  /** A Sparkline, as a rule. */
  readonly chart?: ReactNode;
  readonly loading?: boolean;
  readonly className?: string;
}

const CHANGE_TONE = { good: 'text-positive', bad: 'text-negative', neutral: 'text-ink-soft' } as const;

export function StatCard({ label, value, change, hint, chart, loading = false, className }: StatCardProps) {
  const Arrow = change?.direction === 'down' ? ArrowDownRight : ArrowUpRight;
  return (
    <section
      className={classNames(
        'relative flex min-w-0 flex-col gap-1 overflow-hidden rounded-lg border border-line bg-surface px-4 py-3',
        className,
      )}
    >
      <h2 className="text-sm font-normal text-ink-soft sm:truncate">{label}</h2>
      {loading ? (
        <Skeleton className="my-0.5 h-6 w-28" />
      ) : (
        // Exact amounts are longer than a narrow card: nothing of a figure may be cut off.
        <p className="tabular text-xl font-semibold tracking-tight wrap-anywhere text-ink [&_data]:whitespace-normal">
          {value}
        </p>
      )}
      {(change || hint || loading) && (
        <div className="flex min-h-5 flex-wrap items-center gap-x-2 text-xs text-ink-faint">
          {change && !loading && (
            <span
              className={classNames(
                'tabular inline-flex items-center gap-0.5 font-medium',
                CHANGE_TONE[change.tone ?? 'neutral'],
              )}
            >
              {change.direction !== 'flat' && <Arrow aria-hidden className="size-3.5" />}
              <span aria-hidden={change.spoken ? true : undefined}>{change.text}</span>
              {change.spoken && <span className="sr-only">{change.spoken}</span>}
            </span>
          )}
          {hint && <span className="min-w-0 wrap-anywhere">{hint}</span>}
        </div>
      )}
      {chart && <div className="mt-1">{chart}</div>}
    </section>
  );
}
