'use client';
/** Short notices after an action. Errors that need an answer belong beside what failed, not here. */
import { type ComponentType, useEffect, useState } from 'react';
import { PlainNotices } from './plain-notices.tsx';
import { whenToastIsWanted } from './toast.ts';
import { whenIdle } from './when-idle.ts';

/** Once for all pages. Draws nothing until its scripts are there; plainly where they cannot be had. */
export function Toaster() {
  const [Drawer, setDrawer] = useState<ComponentType>();
  useEffect(() => {
    const load = (otherwise?: ComponentType) =>
      void import('./toast-drawer.tsx').then(
        ({ ToastDrawer }) => setDrawer(() => ToastDrawer),
        () => otherwise && setDrawer(() => otherwise),
      );
    whenIdle(() => load());
    return whenToastIsWanted(() => load(PlainNotices));
  }, []);
  return Drawer && <Drawer />;
}
