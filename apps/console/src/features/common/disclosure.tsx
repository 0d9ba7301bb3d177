'use client';
/** Fields of a form that most people never need, folded under one line. */
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export interface DisclosureProps {
  readonly title: ReactNode;
  /** Right of the title, while it is closed and open: what is in it. */
  readonly summary?: ReactNode;
  readonly open?: boolean;
  readonly children: ReactNode;
}

export function Disclosure({ title, summary, open = false, children }: DisclosureProps) {
  return (
    <details open={open} className="group/fold rounded-md border border-line">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-md px-3 py-2.5 text-sm font-medium text-ink select-none hover:bg-hover">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-ink-faint transition-transform group-open/fold:rotate-90"
        />
        <span className="min-w-0 flex-1">{title}</span>
        {summary && <span className="text-xs font-normal text-ink-faint">{summary}</span>}
      </summary>
      <div className="flex flex-col gap-4 border-t border-line p-3">{children}</div>
    </details>
  );
}
