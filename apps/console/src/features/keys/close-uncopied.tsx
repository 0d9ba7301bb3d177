'use client';
/** Asks before a window with a secret closes that nobody has copied. */
import { ConfirmDialog } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export interface CloseUncopiedProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onClose: () => void;
}

export function CloseUncopied({ open, onOpenChange, onClose }: CloseUncopiedProps) {
  const text = useMessages('keys').secret;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={text.closeTitle}
      confirmLabel={text.closeAnyway}
      onConfirm={onClose}
    >
      {text.closeText}
    </ConfirmDialog>
  );
}
