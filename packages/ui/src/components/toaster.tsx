'use client';
/** Short notices after an action. Errors that need an answer belong beside what failed, not here. */
import { type ComponentType, useEffect, useState } from 'react';
import { whenToastIsWanted } from './toast.ts';
import { whenIdle } from './when-idle.ts';

/** Once for all pages. Draws nothing until its scripts are there. */
export function Toaster() {
  const [Drawer, setDrawer] = useState<ComponentType>();
  useEffect(() => {
    // What cannot be loaded now is asked for again with the next notice.
    const load = () =>
      void import('./toast-drawer.tsx').then(
        ({ ToastDrawer }) => setDrawer(() => ToastDrawer),
        () => undefined,
      );
    whenIdle(load);
    return whenToastIsWanted(load);
  }, []);
  return Drawer && <Drawer />;
}
