'use client';
/**
 * Asks who one is before a change that needs a recent sign-in, and lets the change go on. Mounted once, above every
 * signed-in page; the call that was refused waits meanwhile, with all that was typed still in its form.
 */
import { Dialog } from '@tollgate/ui';
import { useEffect, useRef, useState } from 'react';
import { answerReauthentication } from '../../api/reauthentication.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';

const ReauthenticationForm = later(
  async () => (await import('./reauthentication-form.tsx')).ReauthenticationForm,
);

export function ReauthenticationDialog() {
  const text = useMessages('security').reauthentication;
  const [open, setOpen] = useState(false);
  const settle = useRef<(shown: boolean) => void>(undefined);
  useEffect(
    () =>
      answerReauthentication(() => {
        setOpen(true);
        return new Promise<boolean>((resolve) => {
          settle.current = resolve;
        });
      }),
    [],
  );
  const close = (shown: boolean) => {
    setOpen(false);
    settle.current?.(shown);
  };
  if (!open) return null;
  return (
    <Dialog
      open
      size="sm"
      title={text.title}
      description={text.text}
      onOpenChange={(next) => {
        if (!next) close(false);
      }}
    >
      <ReauthenticationForm onShown={() => close(true)} />
    </Dialog>
  );
}
