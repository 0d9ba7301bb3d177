'use client';
/** A tiny line without axes, beside a figure that says the same in words. */
import { useId } from 'react';
import { classNames } from '../class-names.ts';
import { HEIGHT, sparklinePoints, WIDTH } from './sparkline-points.ts';

export interface SparklineProps {
  readonly values: readonly number[];
  /** Read out; without it the line is decoration. */
  readonly label?: string;
  readonly color?: string;
  readonly className?: string;
}

export function Sparkline({ values, label, color = 'var(--tg-chart-1)', className }: SparklineProps) {
  const gradientId = useId();
  if (values.length < 2) return <div className={classNames('h-7', className)} />;
  const line = sparklinePoints(values)
    .map(([x, y]) => `${x},${y}`)
    .join(' L');
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden={label ? undefined : true}
      role="img"
      aria-label={label ?? ''}
      className={classNames('block h-7 w-full', className)}
    >
      <defs>
        <linearGradient id={gradientId} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor={color} stopOpacity="0.22" />
          <stop offset="1" stopColor={color} stopOpacity="0" />
        </linearGradient>
      </defs>
      <path d={`M${line} L${WIDTH},${HEIGHT} L0,${HEIGHT} Z`} fill={`url(#${gradientId})`} />
      <path d={`M${line}`} fill="none" stroke={color} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
