'use client';
/** "Use a passkey": nothing where the browser has none. */
import { Button, type ButtonProps } from '@tollgate/ui';
import { Fingerprint } from 'lucide-react';
import { useEffect, useState } from 'react';
import { browserSupportsWebAuthn } from './passkey-api.ts';
import { usePasskeyText } from './use-passkey-text.ts';

export interface PasskeyButtonProps extends Pick<ButtonProps, 'size' | 'className' | 'variant'> {
  readonly label: string;
  readonly run: () => Promise<unknown>;
  /** Undefined clears what was reported before. */
  readonly onProblem: (problem: string | undefined) => void;
}

export function PasskeyButton({ label, run, onProblem, ...button }: PasskeyButtonProps) {
  const supported = usePasskeySupport();
  const toText = usePasskeyText();
  const [busy, setBusy] = useState(false);
  if (!supported) return null;
  const press = async () => {
    setBusy(true);
    onProblem(undefined);
    try {
      await run();
    } catch (error) {
      onProblem(toText(error));
      setBusy(false);
    }
  };
  return (
    <Button {...button} icon={<Fingerprint />} loading={busy} onClick={() => void press()}>
      {label}
    </Button>
  );
}

/** False on the server and until the browser was asked, so that both draw the same at first. */
export function usePasskeySupport(): boolean {
  const [supported, setSupported] = useState(false);
  useEffect(() => setSupported(browserSupportsWebAuthn()), []);
  return supported;
}
