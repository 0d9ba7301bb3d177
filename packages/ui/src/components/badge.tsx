/** Small labels. StatusBadge knows the states of the product, so that each has one look everywhere. */
import { cva } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';

const badgeStyle = cva(
  'inline-flex h-5 max-w-full items-center gap-1 rounded-xs border px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3',
  {
    variants: {
      tone: {
        neutral: 'border-neutral-line bg-neutral-soft text-ink-soft',
        accent: 'border-transparent bg-accent-soft text-accent-ink',
        positive: 'border-positive-line bg-positive-soft text-positive',
        warning: 'border-warning-line bg-warning-soft text-warning',
        negative: 'border-negative-line bg-negative-soft text-negative',
        info: 'border-info-line bg-info-soft text-info',
        outline: 'border-line-strong bg-transparent text-ink-soft',
      },
    },
  },
);

export type BadgeTone = 'neutral' | 'accent' | 'positive' | 'warning' | 'negative' | 'info' | 'outline';

export interface BadgeProps {
  readonly tone?: BadgeTone;
  readonly icon?: ReactNode;
  /** A filled dot in the text's colour before it. */
  readonly dot?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Badge({ tone = 'neutral', icon, dot = false, className, children }: BadgeProps) {
  return (
    <span className={classNames(badgeStyle({ tone }), className)}>
      {dot && <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-current" />}
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}

const TONE_BY_STATUS: Readonly<Record<string, BadgeTone>> = {
  active: 'positive',
  healthy: 'positive',
  paid: 'positive',
  succeeded: 'positive',
  ok: 'positive',
  verified: 'positive',
  accepted: 'positive',
  draft: 'neutral',
  upcoming: 'neutral',
  inactive: 'neutral',
  void: 'neutral',
  expired: 'neutral',
  disabled: 'neutral',
  unknown: 'neutral',
  pending: 'info',
  open: 'info',
  finalized: 'info',
  rotating: 'info',
  invited: 'info',
  running: 'info',
  test: 'info',
  degraded: 'warning',
  expiring: 'warning',
  estimated: 'warning',
  soft: 'warning',
  unverified: 'warning',
  refused: 'warning',
  revoked: 'negative',
  failed: 'negative',
  overdue: 'negative',
  uncollectible: 'negative',
  unhealthy: 'negative',
  exceeded: 'negative',
  error: 'negative',
};

/** Tone of a state by its API name; unknown states are neutral. */
export function toneOfStatus(status: string): BadgeTone {
  return TONE_BY_STATUS[status] ?? 'neutral';
}

export interface StatusBadgeProps {
  /** The state as the API names it, or an HTTP status code. */
  readonly status: string | number;
  /** Translated text; without it the API's word. */
  readonly label?: ReactNode;
  readonly className?: string;
}

export function StatusBadge({ status, label, className }: StatusBadgeProps) {
  const tone = typeof status === 'number' ? toneOfHttpStatus(status) : toneOfStatus(status);
  return (
    <Badge tone={tone} dot className={classNames('tabular', className)}>
      {label ?? status}
    </Badge>
  );
}

export function toneOfHttpStatus(status: number): BadgeTone {
  if (status < 300) return 'positive';
  if (status < 400) return 'info';
  return status < 500 ? 'warning' : 'negative';
}
