'use client';
/**
 * Asks before something that cannot be undone, and says what will happen. With `confirmName` the button
 * stays off until that very name is typed.
 */
import { AlertDialog as Primitive } from 'radix-ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useUi } from '../provider/ui-provider.tsx';
import { Button } from './button.tsx';
import { SCRIM_STYLE } from './dialog.tsx';
import { Field } from './field.tsx';
import { Input } from './input.tsx';
import { type FocusReturn, useFocusReturn } from './use-focus-return.ts';

export interface ConfirmDialogProps {
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly trigger?: ReactNode;
  readonly title: ReactNode;
  /** The consequences: "7 requests/min use this key. They will be refused." */
  readonly children?: ReactNode;
  readonly confirmLabel: string;
  readonly tone?: 'danger' | 'primary';
  /** Must be typed to confirm. */
  readonly confirmName?: string;
  /** A returned promise keeps the dialog open with a spinner; if it rejects, the message is shown. */
  readonly onConfirm: () => unknown;
}

export function ConfirmDialog({ open, onOpenChange, trigger, ...content }: ConfirmDialogProps) {
  const [ownOpen, setOwnOpen] = useState(false);
  const isOpen = open ?? ownOpen;
  const focusReturn = useFocusReturn(trigger ? undefined : isOpen);
  const change = (next: boolean) => {
    setOwnOpen(next);
    onOpenChange?.(next);
  };
  return (
    <Primitive.Root open={isOpen} onOpenChange={change}>
      {trigger && <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>}
      <Primitive.Portal>
        <Primitive.Overlay className={SCRIM_STYLE} />
        <div className="pointer-events-none fixed inset-0 z-50 flex items-end justify-center sm:items-center sm:p-6">
          {isOpen && <ConfirmContent {...content} focusReturn={focusReturn} onDone={() => change(false)} />}
        </div>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

type ConfirmContentProps = Omit<ConfirmDialogProps, 'open' | 'onOpenChange' | 'trigger'> & {
  readonly onDone: () => void;
  readonly focusReturn: FocusReturn;
};

function ConfirmContent({
  title,
  children,
  confirmLabel,
  tone = 'danger',
  confirmName,
  onConfirm,
  onDone,
  focusReturn,
}: ConfirmContentProps) {
  const { labels } = useUi();
  const [typed, setTyped] = useState('');
  const [running, setRunning] = useState(false);
  const sent = useRef(false);
  const [failure, setFailure] = useState<string>();
  const closed = useRef(false);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);
  const allowed = confirmName === undefined || typed.trim() === confirmName;

  const confirm = async () => {
    // A second press may come before the button is drawn as busy.
    if (!allowed || sent.current) return;
    sent.current = true;
    setRunning(true);
    setFailure(undefined);
    try {
      await onConfirm();
      // Who has closed it meanwhile may have opened another.
      if (!closed.current) onDone();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setRunning(false);
      sent.current = false;
    }
  };

  return (
    <Primitive.Content
      {...focusReturn}
      {...(children ? {} : { 'aria-describedby': undefined })}
      className="pointer-events-auto flex w-full animate-pop-in flex-col rounded-t-xl border border-line bg-raised shadow-lg outline-none sm:max-w-md sm:rounded-lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <div className="flex flex-col gap-3 px-5 py-4">
          <Primitive.Title className="text-lg font-semibold text-ink">{title}</Primitive.Title>
          {children && (
            <Primitive.Description asChild>
              <div className="text-sm text-ink-soft">{children}</div>
            </Primitive.Description>
          )}
          {confirmName !== undefined && (
            <Field label={labels.typeToConfirm(confirmName)}>
              <Input
                autoFocus
                autoComplete="off"
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            </Field>
          )}
          {failure && (
            <p role="alert" className="text-sm text-negative">
              {failure}
            </p>
          )}
        </div>
        <footer className="flex flex-col-reverse gap-2 border-t border-line px-5 py-3 sm:flex-row sm:justify-end">
          <Primitive.Cancel asChild>
            <Button>{labels.cancel}</Button>
          </Primitive.Cancel>
          <Button type="submit" variant={tone} loading={running} disabled={!allowed}>
            {confirmLabel}
          </Button>
        </footer>
      </form>
    </Primitive.Content>
  );
}
