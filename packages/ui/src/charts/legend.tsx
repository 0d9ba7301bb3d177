'use client';
/** The one legend: names, colours and totals; a press hides or shows a series. */
import { classNames } from '../class-names.ts';
import type { PlottedSeries } from './series.ts';
import type { ValueFormat } from './value-format.ts';

export interface LegendProps {
  readonly series: readonly PlottedSeries[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
  readonly format: ValueFormat;
  readonly showTotals: boolean;
  /** Name of the dashed line over the series. */
  readonly overlayLabel?: string;
}

export function Legend({ series, hidden, onToggle, format, showTotals, overlayLabel }: LegendProps) {
  return (
    <ul className="flex flex-wrap gap-x-1 gap-y-0.5">
      {series.map((one) => (
        <li key={one.key} className="max-w-full">
          <button
            type="button"
            aria-pressed={!hidden.has(one.key)}
            onClick={() => onToggle(one.key)}
            className={classNames(
              'flex h-6 max-w-full items-center gap-1.5 rounded-xs px-1.5 text-xs text-ink-soft hover:bg-hover hover:text-ink',
              hidden.has(one.key) && 'text-ink-faint line-through',
            )}
          >
            <span
              aria-hidden
              data-swatch
              className="size-2.5 shrink-0 rounded-[2px]"
              style={{ background: hidden.has(one.key) ? 'var(--tg-line-strong)' : one.color }}
            />
            <span className="truncate">{one.label}</span>
            {showTotals && one.totalText !== undefined && (
              <span className="text-ink-faint">{one.totalText}</span>
            )}
            {showTotals && one.totalText === undefined && (
              <data value={one.total} title={format.exact(one.total)} className="tabular text-ink-faint">
                {format.short(one.total)}
              </data>
            )}
          </button>
        </li>
      ))}
      {overlayLabel !== undefined && (
        <li className="flex h-6 items-center gap-1.5 px-1.5 text-xs text-ink-soft">
          <span aria-hidden className="w-6 shrink-0 border-t-2 border-dashed border-ink-faint" />
          {overlayLabel}
        </li>
      )}
    </ul>
  );
}
