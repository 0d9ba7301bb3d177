'use client';
/**
 * Requests over time by outcome. Dragging over it, or arrows with shift and Enter, sets the range.
 *
 * What was not looked at is hatched, never drawn as nothing.
 */
import { classNames, formatNumber, useUi } from '@tollgate/ui';
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { type HistogramBucket, toBuckets } from './histogram-buckets.ts';
import { OUTCOME_COLOR } from './outcome-color.ts';
import { OUTCOMES, type RequestsSummary } from './summary-types.ts';

/** Positions of the first and last bucket, in either order. */
interface Brush {
  readonly anchor: number;
  readonly head: number;
}

export interface OutcomeHistogramProps {
  readonly summary: RequestsSummary;
  readonly timeZone: string;
  readonly onRange: (fromMs: number, toMs: number) => void;
}

const HEIGHT = 84;
const STEP: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  End: Number.POSITIVE_INFINITY,
  Home: Number.NEGATIVE_INFINITY,
};

export function OutcomeHistogram({ summary, timeZone, onRange }: OutcomeHistogramProps) {
  const text = useMessages('requests');
  const { locale } = useUi();
  const buckets = useMemo(() => toBuckets(summary), [summary]);
  const highest = Math.max(1, ...buckets.map(({ total }) => total));
  const [hovered, setHovered] = useState<number>();
  const [brush, setBrush] = useState<Brush>();
  const frame = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);
  const positionOf = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    const share = (event.clientX - box.left) / box.width;
    return Math.min(buckets.length - 1, Math.max(0, Math.floor(share * buckets.length)));
  };
  const apply = (chosen: Brush | undefined) => {
    setBrush(undefined);
    if (chosen === undefined) return;
    const [first, last] = [Math.min(chosen.anchor, chosen.head), Math.max(chosen.anchor, chosen.head)];
    const [from, to] = [buckets[first], buckets[last]];
    if (from !== undefined && to !== undefined) onRange(from.startMs, to.endMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEP[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const at = brush?.head ?? hovered ?? buckets.length - 1;
      const head = Math.min(buckets.length - 1, Math.max(0, at + step));
      setBrush({ anchor: event.shiftKey ? (brush?.anchor ?? at) : head, head });
      setHovered(head);
    } else if (event.key === 'Enter' && brush !== undefined) {
      event.preventDefault();
      apply(brush);
    } else if (event.key === 'Escape' && brush !== undefined) {
      event.stopPropagation();
      setBrush(undefined);
    }
  };
  const toWords = (bucket: HistogramBucket): string => {
    const time = (atMs: number) => shortTime(atMs, locale, timeZone, summary.bucketSeconds < 60);
    const span = `${time(bucket.startMs)} – ${time(bucket.endMs)}`;
    if (bucket.isUnknown) return `${span}: ${text.notLookedAt}`;
    const parts = OUTCOMES.filter((outcome) => bucket.counts[outcome] > 0).map(
      (outcome) => `${formatNumber(bucket.counts[outcome], locale)} ${text.outcomes[outcome]}`,
    );
    return `${span}: ${parts.length === 0 ? text.noRequests : parts.join(', ')}`;
  };
  const told = buckets[brush?.head ?? hovered ?? -1];
  const current = brush?.head ?? hovered ?? buckets.length - 1;
  const spoken = buckets[current];
  return (
    <figure aria-label={text.histogram} className="flex min-w-0 flex-col gap-1">
      <div className="relative" style={{ height: HEIGHT }}>
        <div
          ref={frame}
          role="slider"
          tabIndex={0}
          aria-label={text.histogramBrush}
          aria-valuemin={0}
          aria-valuemax={buckets.length - 1}
          aria-valuenow={current}
          aria-valuetext={spoken === undefined ? '' : toWords(spoken)}
          className="absolute inset-0 flex cursor-crosshair touch-pan-y items-end gap-px rounded-xs border-b border-line-strong outline-offset-2 select-none"
          onKeyDown={onKeyDown}
          onBlur={() => {
            setHovered(undefined);
            setBrush(undefined);
          }}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            dragging.current = true;
            const at = positionOf(event);
            setBrush({ anchor: at, head: at });
          }}
          onPointerMove={(event) => {
            const at = positionOf(event);
            setHovered(at);
            if (dragging.current) setBrush((now) => ({ anchor: now?.anchor ?? at, head: at }));
          }}
          onPointerUp={() => {
            if (dragging.current) apply(brush);
            dragging.current = false;
          }}
          onPointerCancel={() => {
            dragging.current = false;
            setBrush(undefined);
          }}
          onPointerLeave={() => {
            if (!dragging.current) setHovered(undefined);
          }}
        >
          {buckets.map((bucket, position) => (
            <Bar
              key={bucket.startMs}
              bucket={bucket}
              highest={highest}
              isHovered={position === hovered}
              isChosen={isWithin(brush, position)}
            />
          ))}
        </div>
        {told !== undefined && (
          <div
            aria-hidden
            className="pointer-events-none absolute top-0 z-10 rounded-sm border border-line bg-raised px-2 py-1 text-xs whitespace-nowrap text-ink shadow-sm"
            style={tipPlace(buckets.indexOf(told) / buckets.length)}
          >
            {toWords(told)}
          </div>
        )}
      </div>
      <div aria-hidden className="tabular flex justify-between text-2xs text-ink-faint">
        <span>{shortTime(Date.parse(summary.from), locale, timeZone)}</span>
        <span>
          {shortTime(Date.parse(summary.to), locale, timeZone)}{' '}
          {zoneName(Date.parse(summary.to), locale, timeZone)}
        </span>
      </div>
    </figure>
  );
}

function isWithin(brush: Brush | undefined, position: number): boolean {
  if (brush === undefined) return false;
  return position >= Math.min(brush.anchor, brush.head) && position <= Math.max(brush.anchor, brush.head);
}

/** Beside the bucket, on the side where there is room. */
function tipPlace(share: number) {
  return share < 0.5
    ? { left: `calc(${share * 100}% + 1rem)` }
    : { right: `calc(${(1 - share) * 100}% + 0.5rem)` };
}

interface BarProps {
  readonly bucket: HistogramBucket;
  readonly highest: number;
  readonly isHovered: boolean;
  readonly isChosen: boolean;
}

const HATCHED = 'repeating-linear-gradient(135deg, var(--tg-neutral-soft) 0 3px, transparent 3px 7px)';

function Bar({ bucket, highest, isHovered, isChosen }: BarProps) {
  return (
    <span
      className={classNames(
        'flex h-full min-w-0 flex-1 flex-col-reverse overflow-hidden rounded-t-[1px]',
        isHovered && !isChosen && 'bg-hover',
        isChosen && 'bg-accent-soft',
      )}
      style={bucket.isUnknown ? { backgroundImage: HATCHED } : {}}
    >
      {OUTCOMES.map((outcome) => {
        const count = bucket.counts[outcome];
        if (count === 0) return null;
        const share = (count / highest) * 100;
        return (
          <span
            key={outcome}
            className="shrink-0"
            style={{ height: `max(2px, ${share}%)`, background: OUTCOME_COLOR[outcome] }}
          />
        );
      })}
    </span>
  );
}

function zoneName(atMs: number, locale: string, timeZone: string): string | undefined {
  return new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })
    .formatToParts(atMs)
    .find(({ type }) => type === 'timeZoneName')?.value;
}

function shortTime(atMs: number, locale: string, timeZone: string, withSeconds = false): string {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
    hourCycle: 'h23',
    timeZone,
  }).format(atMs);
}
