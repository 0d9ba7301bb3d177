'use client';
/** Ten recovery codes, this once: to copy, to keep as a file, and a question before they are gone. */
import { Button, Callout, CopyButton, Dialog } from '@tollgate/ui';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { saveBlob } from '../common/download.ts';
import { useWarnedClose } from '../common/use-warned-close.ts';

export interface RecoveryCodesDialogProps {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

export function RecoveryCodesDialog({ codes, onClose }: RecoveryCodesDialogProps) {
  const text = useMessages('security').recovery;
  const [kept, setKept] = useState(false);
  const all = `${codes.join('\n')}\n`;
  const { warned, mayClose } = useWarnedClose(kept);
  return (
    <Dialog
      open
      onClose={onClose}
      onCloseAttempt={mayClose}
      title={text.shownTitle}
      description={text.shownText}
      footer={
        <>
          <Button
            icon={<Download />}
            onClick={() => {
              saveBlob(new Blob([all], { type: 'text/plain' }), 'tollgate-recovery-codes.txt');
              setKept(true);
            }}
          >
            {text.download}
          </Button>
          <Button
            variant={warned ? 'danger' : 'primary'}
            onClick={() => {
              if (mayClose()) onClose();
            }}
          >
            {warned ? text.closeAnyway : text.kept}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex items-start gap-1 rounded-md border border-accent bg-accent-soft py-2 pr-1 pl-4">
          <ul
            aria-label={text.title}
            data-secret
            className="grid flex-1 grid-cols-1 gap-x-6 gap-y-1 py-1 font-mono text-sm text-ink select-all sm:grid-cols-2"
          >
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <CopyButton value={all} onCopied={() => setKept(true)} />
        </div>
        {warned && (
          <Callout tone="warning" live>
            {text.closeUnkept}
          </Callout>
        )}
      </div>
    </Dialog>
  );
}
