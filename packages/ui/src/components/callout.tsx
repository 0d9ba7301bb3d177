/** A remark inside a page that stays: a warning, a failed form, something to know. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';

export interface CalloutProps {
  readonly tone?: 'info' | 'positive' | 'warning' | 'negative';
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Announced at once, for the answer to what somebody just did. */
  readonly live?: boolean;
  readonly className?: string;
}

const LOOK = {
  info: { icon: Info, style: 'border-info-line bg-info-soft', ink: 'text-info' },
  positive: { icon: CircleCheck, style: 'border-positive-line bg-positive-soft', ink: 'text-positive' },
  warning: { icon: TriangleAlert, style: 'border-warning-line bg-warning-soft', ink: 'text-warning' },
  negative: { icon: CircleAlert, style: 'border-negative-line bg-negative-soft', ink: 'text-negative' },
} as const;

export function Callout({ tone = 'info', title, children, action, live = false, className }: CalloutProps) {
  const { icon: Icon, style, ink } = LOOK[tone];
  return (
    <div
      role={live ? 'alert' : undefined}
      className={classNames(
        'flex gap-2.5 rounded-md border px-3.5 py-2.5 text-sm',
        // Beside a button, one line stands at its middle.
        children ? 'items-start' : 'items-center',
        style,
        className,
      )}
    >
      <Icon aria-hidden className={classNames('size-4 shrink-0', children && 'mt-0.5', ink)} />
      <div className="min-w-0 flex-1 text-ink">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-ink-soft">{children}</div>}
      </div>
      {action}
    </div>
  );
}
