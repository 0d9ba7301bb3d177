'use client';
/** Shows a new secret. Closing asks only when nothing was copied. */
import type { KeyWithSecret } from '@tollgate/api';
import { Button, Dialog } from '@tollgate/ui';
import Link from 'next/link';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { CloseUncopied } from './close-uncopied.tsx';
import { KeySecret } from './key-secret.tsx';

const FirstRequestCard = later(
  async () => (await import('../onboarding/first-request-card.tsx')).FirstRequestCard,
);

export interface KeySecretDialogProps {
  readonly created: KeyWithSecret;
  readonly rotated?: boolean;
  readonly onClose: () => void;
}

export function KeySecretDialog({ created, rotated = false, onClose }: KeySecretDialogProps) {
  const text = useMessages('keys').secret;
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const attempt = () => {
    if (copied) onClose();
    else setAsking(true);
  };
  return (
    <>
      <Dialog
        open
        size="lg"
        onClose={attempt}
        title={rotated ? text.rotatedTitle : text.title}
        description={text.text(created.key.name)}
        footer={
          <>
            {!rotated && copied && (
              <Button asChild>
                <Link href={`/keys/${created.key.id}`}>{text.openKey}</Link>
              </Button>
            )}
            <Button variant="primary" onClick={attempt}>
              {text.close}
            </Button>
          </>
        }
      >
        <KeySecret
          secret={created.secret}
          onCopied={() => setCopied(true)}
          {...(created.key.models[0] !== undefined && { model: created.key.models[0] })}
        />
        {/* A key that is rotated had its first request before. */}
        {!rotated && (
          <div className="mt-5">
            <FirstRequestCard keyId={created.key.id} />
          </div>
        )}
      </Dialog>
      <CloseUncopied open={asking} onOpenChange={setAsking} onClose={onClose} />
    </>
  );
}
