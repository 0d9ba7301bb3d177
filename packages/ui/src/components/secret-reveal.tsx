'use client';
/**
 * A secret that is shown once. Tells its owner whether it was copied, so that closing needs to ask only
 * when it was not (see Dialog's `onCloseAttempt`).
 */
import { Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { IconButton } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

export interface SecretRevealProps {
  readonly label: ReactNode;
  readonly secret: string;
  readonly onCopied?: (() => void) | undefined;
  /** Instead of "this is the only time it is shown". */
  readonly note?: ReactNode;
  /** Starts as dots, for screens that others may see. */
  readonly hidden?: boolean;
  readonly className?: string;
}

const SHOWN_START = 8;

export function SecretReveal({
  label,
  secret,
  onCopied,
  note,
  hidden = false,
  className,
}: SecretRevealProps) {
  const { labels } = useUi();
  const [visible, setVisible] = useState(!hidden);
  const labelId = useId();
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <span id={labelId} className="text-sm font-medium text-ink">
        {label}
      </span>
      <div className="flex items-center gap-1 rounded-md border border-accent bg-accent-soft py-1 pr-1 pl-3">
        <output
          aria-labelledby={labelId}
          data-secret
          className="min-w-0 flex-1 py-1 font-mono text-sm wrap-anywhere text-ink select-all"
        >
          {visible ? secret : maskSecret(secret)}
        </output>
        <IconButton
          label={visible ? labels.hide : labels.reveal}
          aria-pressed={visible}
          tooltip={false}
          onClick={() => setVisible(!visible)}
        >
          {visible ? <EyeOff /> : <Eye />}
        </IconButton>
        <CopyButton value={secret} text={labels.copy} variant="primary" onCopied={onCopied} />
      </div>
      <p className="flex items-start gap-1.5 text-xs text-warning">
        <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
        {note ?? labels.secretOnce}
      </p>
    </div>
  );
}

/** Keeps the prefix that scanners and people know it by; the number of dots says nothing about the length. */
export function maskSecret(secret: string): string {
  return `${secret.slice(0, Math.min(SHOWN_START, Math.floor(secret.length / 4)))}${'•'.repeat(24)}`;
}
