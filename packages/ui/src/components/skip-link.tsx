'use client';
import { useUi } from '../provider/ui-provider.tsx';

/** First thing in the tab order; jumps over the navigation. */
export function SkipLink({ target = 'content' }: { readonly target?: string }) {
  const { labels } = useUi();
  return (
    <a
      href={`#${target}`}
      className="fixed top-2 left-2 z-60 -translate-y-16 rounded-sm bg-accent px-3 py-1.5 text-sm font-medium text-on-accent focus-visible:translate-y-0"
    >
      {labels.skipToContent}
    </a>
  );
}
