'use client';
/** Who gets how much, as one bar in the colours of the charts. What it says is said in words as well. */
import { classNames, formatPercent } from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';

const COLORS = [
  'bg-chart-1',
  'bg-chart-2',
  'bg-chart-3',
  'bg-chart-4',
  'bg-chart-5',
  'bg-chart-6',
  'bg-chart-7',
  'bg-chart-8',
] as const;

/** @param place Of a target in its rule: the same colour beside its name as in the bar. */
export function shareColor(place: number): string {
  return COLORS[place] ?? 'bg-chart-other';
}

export interface ShareBarProps {
  readonly parts: readonly { readonly name: string; readonly share: number }[];
  readonly className?: string;
}

export function ShareBar({ parts, className }: ShareBarProps) {
  const text = useMessages('routes');
  const locale = useLocale();
  const spoken = parts
    .filter(({ share }) => share > 0)
    .map(({ name, share }) => `${name} ${formatPercent(share, locale)}`);
  return (
    <div
      role="img"
      aria-label={text.shares(spoken.join(', '))}
      className={classNames(
        'flex h-1.5 w-full gap-px overflow-hidden rounded-full bg-neutral-soft',
        className,
      )}
    >
      {parts.map(
        ({ share }, place) =>
          share > 0 && (
            <span
              key={place}
              className={classNames('h-full transition-[width]', shareColor(place))}
              style={{ width: `${share * 100}%` }}
            />
          ),
      )}
    </div>
  );
}

/** Beside a name: which part of the bar it is. */
export function ShareDot({ place }: { readonly place: number }) {
  return <span aria-hidden className={classNames('size-2.5 shrink-0 rounded-xs', shareColor(place))} />;
}
