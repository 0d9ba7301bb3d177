'use client';
/** Draws notices, by sonner: it is what most consoles of this kind use, and reads them out. */
import { useEffect } from 'react';
import { Toaster as Sonner, toast as sonner } from 'sonner';
import { useUi } from '../provider/ui-provider.tsx';
import { drawToasts } from './toast.ts';

export function ToastDrawer() {
  const { labels } = useUi();
  return (
    <>
      <Sonner
        position="bottom-right"
        containerAriaLabel={labels.notifications}
        gap={8}
        style={{ fontFamily: 'inherit' }}
        toastOptions={{
          unstyled: true,
          classNames: {
            toast:
              'flex w-full items-start gap-2.5 rounded-md border border-line bg-raised px-3.5 py-3 text-sm text-ink shadow-md sm:w-88',
            title: 'font-medium',
            description: 'text-ink-soft',
            icon: 'mt-0.5 [&_svg]:size-4',
            success: '[&_[data-icon]]:text-positive',
            error: '[&_[data-icon]]:text-negative',
            warning: '[&_[data-icon]]:text-warning',
            info: '[&_[data-icon]]:text-info',
            actionButton: 'ml-auto shrink-0 font-medium text-accent-ink hover:underline',
            cancelButton: 'ml-auto shrink-0 text-ink-soft hover:underline',
          },
        }}
      />
      <Begin />
    </>
  );
}

/** After sonner's own effects: from then on it draws what it is told. */
function Begin() {
  useEffect(() => drawToasts(sonner), []);
  return null;
}
