import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';

export function Kbd({
  children,
  inverse = false,
}: {
  readonly children: ReactNode;
  readonly inverse?: boolean;
}) {
  return (
    <kbd
      className={classNames(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-xs border px-1 font-sans text-2xs leading-none font-medium',
        inverse ? 'border-current/30 text-current' : 'border-line-strong bg-surface text-ink-faint',
      )}
    >
      {children}
    </kbd>
  );
}
