'use client';
/**
 * Asks before a call that changes something, and shows what the API refused in the reader's language. Mount it while
 * it is open: it closes itself when the call worked. A form is asked by FormDialog.
 */
import { ConfirmDialog, type ConfirmDialogProps, toast } from '@tollgate/ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';

export interface ConfirmActionProps<R>
  extends Pick<ConfirmDialogProps, 'title' | 'confirmLabel' | 'tone' | 'confirmName' | 'children'> {
  /** Rejects with what the API refused; the window stays open then. */
  readonly run: () => Promise<R>;
  /** What somebody is told when it worked. */
  readonly done?: string | ((result: R) => string);
  /** After that, before the window closes. */
  readonly onDone?: ((result: R) => void) | undefined;
  readonly onClose: () => void;
  /** Ways to what stands in the way, once the API has refused for it. */
  readonly remedy?: (error: ApiError) => ReactNode;
}

export function ConfirmAction<R>({
  run,
  done,
  onDone,
  onClose,
  remedy,
  children,
  ...dialog
}: ConfirmActionProps<R>) {
  const toText = useProblemText();
  const [refused, setRefused] = useState<ApiError>();
  // What was refused is read again, and may take the window away with the reason that nobody has read yet.
  const unread = useRef<string>(undefined);
  useEffect(
    () => () => {
      if (unread.current !== undefined) toast.error(unread.current);
    },
    [],
  );
  const confirm = async () => {
    unread.current = undefined;
    const result = await run().catch((cause: unknown) => {
      setRefused(cause instanceof ApiError ? cause : undefined);
      unread.current = toText(cause);
      throw new Error(unread.current, { cause });
    });
    if (done !== undefined) toast.success(typeof done === 'string' ? done : done(result));
    onDone?.(result);
  };
  return (
    <ConfirmDialog
      {...dialog}
      open
      onOpenChange={(open) => {
        if (open) return;
        unread.current = undefined;
        onClose();
      }}
      onConfirm={confirm}
    >
      {children}
      {refused && remedy?.(refused)}
    </ConfirmDialog>
  );
}
