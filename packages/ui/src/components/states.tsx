'use client';
/** What a list or page shows when there is nothing, or when loading failed. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  /** What will be here. */
  readonly title: ReactNode;
  /** Teaches: what it is good for and how the first one comes about. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly secondaryAction?: ReactNode;
  readonly className?: string;
}

export function EmptyState({ icon, title, children, action, secondaryAction, className }: EmptyStateProps) {
  return (
    <div className={classNames('flex flex-col items-center px-6 py-12 text-center', className)}>
      {icon && (
        <span
          aria-hidden
          className="mb-4 flex size-10 items-center justify-center rounded-md border border-line bg-sunken text-ink-faint [&_svg]:size-5"
        >
          {icon}
        </span>
      )}
      <p className="text-base font-semibold text-ink">{title}</p>
      {children && <div className="mt-1 max-w-md text-sm text-balance text-ink-soft">{children}</div>}
      {(action || secondaryAction) && (
        <div className="mt-5 flex flex-wrap items-center justify-center gap-2">
          {action}
          {secondaryAction}
        </div>
      )}
    </div>
  );
}

export interface ErrorStateProps {
  readonly title?: ReactNode;
  /** What happened, in the API's words; `Error.message` fits. */
  readonly detail?: ReactNode | undefined;
  /** Quoted for support, with a copy button. */
  readonly requestId?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
  readonly retrying?: boolean;
  readonly className?: string;
}

export function ErrorState({
  title,
  detail,
  requestId,
  onRetry,
  retrying = false,
  className,
}: ErrorStateProps) {
  const { labels } = useUi();
  return (
    <div role="alert" className={classNames('flex flex-col items-center px-6 py-10 text-center', className)}>
      <span
        aria-hidden
        className="mb-3 flex size-10 items-center justify-center rounded-md border border-negative-line bg-negative-soft text-negative"
      >
        <CircleAlert className="size-5" />
      </span>
      <p className="text-base font-semibold text-ink">{title ?? labels.somethingFailed}</p>
      {detail && <p className="mt-1 max-w-md text-sm text-balance text-ink-soft">{detail}</p>}
      {requestId && (
        <p className="mt-2 flex items-center gap-1 text-xs text-ink-faint">
          {labels.requestId} <code className="font-mono">{requestId}</code>
          <CopyButton value={requestId} size="sm" />
        </p>
      )}
      {onRetry && (
        <Button className="mt-4" onClick={onRetry} loading={retrying}>
          {labels.retry}
        </Button>
      )}
    </div>
  );
}
