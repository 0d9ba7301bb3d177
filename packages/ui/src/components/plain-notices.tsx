'use client';
/** Notices where the scripts that draw them well cannot be loaded: offline, or after a release that took them away. */
import { useEffect, useState } from 'react';
import { drawToasts } from './toast.ts';

const SHOWN = 3;
const SHOWN_FOR_MS = 8_000;

interface Notice {
  readonly id: number;
  readonly title: string;
  readonly description: string | undefined;
}

export function PlainNotices() {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let count = 0;
    const say = (title: string, options?: { readonly description?: string }) => {
      const id = count++;
      setNotices((shown) => [...shown, { id, title, description: options?.description }].slice(-SHOWN));
      timers.add(setTimeout(() => setNotices((shown) => shown.filter((one) => one.id !== id)), SHOWN_FOR_MS));
    };
    const stop = drawToasts({ error: say, info: say, success: say });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, []);
  return (
    <div role="status" className="fixed right-6 bottom-6 z-60 flex max-w-88 flex-col gap-2">
      {notices.map(({ id, title, description }) => (
        <div
          key={id}
          className="rounded-md border border-line bg-raised px-3.5 py-3 text-sm text-ink shadow-md"
        >
          <p className="font-medium">{title}</p>
          {description !== undefined && <p className="text-ink-soft">{description}</p>}
        </div>
      ))}
    </div>
  );
}
