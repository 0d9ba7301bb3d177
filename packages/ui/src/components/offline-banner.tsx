'use client';
/** Across the page while the browser has no network. What is on the screen stays readable. */
import { WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useUi } from '../provider/ui-provider.tsx';

/** @returns Whether the browser says that it has a network; on the server, that it has. */
function useIsOnline(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.navigator.onLine,
    () => true,
  );
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('online', onChange);
  window.addEventListener('offline', onChange);
  return () => {
    window.removeEventListener('online', onChange);
    window.removeEventListener('offline', onChange);
  };
}

/** Shows nothing as long as there is a network. */
export function OfflineBanner() {
  const isOnline = useIsOnline();
  return isOnline ? null : <OfflineNotice />;
}

export function OfflineNotice() {
  const { labels } = useUi();
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warning-line bg-warning-soft px-3 py-2 text-sm text-ink sm:px-5 lg:px-7"
    >
      <WifiOff aria-hidden className="size-4 shrink-0 text-warning" />
      <span className="font-medium">{labels.offlineTitle}</span>
      <span className="text-ink-soft">{labels.offlineText}</span>
    </div>
  );
}
