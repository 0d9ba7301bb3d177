'use client';
/** Copies a text and says so, in the icon and for screen readers. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useUi } from '../provider/ui-provider.tsx';
import { Button, type ButtonSize, type ButtonVariant, IconButton } from './button.tsx';

const COPIED_SHOWN_MS = 1600;

/** `true` for a moment after `copy`. Without a clipboard (plain http) it falls back to a selection. */
export function useCopy(
  onCopied?: (() => void) | undefined,
): readonly [copied: boolean, copy: (value: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (value: string) => {
    if (!(await writeClipboard(value))) return;
    setCopied(true);
    onCopied?.();
  };
  return [copied, copy];
}

async function writeClipboard(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return writeClipboardBySelection(value);
  }
}

function writeClipboardBySelection(value: string): boolean {
  const area = document.createElement('textarea');
  area.value = value;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  // Inside an open dialog focus is trapped: the area must be within it.
  const parent = document.activeElement?.closest('[role="dialog"],[role="alertdialog"]') ?? document.body;
  parent.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

export interface CopyButtonProps {
  readonly value: string;
  /** With text beside the icon. */
  readonly text?: string;
  /** What the icon alone is called, where several things beside each other can be copied. */
  readonly label?: string;
  readonly size?: ButtonSize;
  readonly variant?: ButtonVariant | undefined;
  readonly onCopied?: (() => void) | undefined;
  readonly className?: string;
}

export function CopyButton({
  value,
  text,
  label,
  size = 'md',
  variant,
  onCopied,
  className,
}: CopyButtonProps) {
  const { labels } = useUi();
  const [copied, copy] = useCopy(onCopied);
  const icon = copied ? <Check className="text-positive" /> : <Copy />;
  return (
    <>
      {text ? (
        <Button
          size={size}
          variant={variant}
          icon={icon}
          onClick={() => void copy(value)}
          className={className}
        >
          {copied ? labels.copied : text}
        </Button>
      ) : (
        <IconButton
          label={copied ? labels.copied : (label ?? labels.copy)}
          size={size}
          variant={variant ?? 'ghost'}
          onClick={() => void copy(value)}
          className={className}
        >
          {icon}
        </IconButton>
      )}
      <span role="status" className="sr-only">
        {copied ? labels.copied : ''}
      </span>
    </>
  );
}
