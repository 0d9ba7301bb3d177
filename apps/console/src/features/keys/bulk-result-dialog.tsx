'use client';
/** What became of each key. Secrets are here and nowhere else: closing asks while one was not copied. */
import type { BulkKeyResult, Key } from '@tollgate/api';
import { Button, Callout, Dialog, SecretReveal } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { CloseUncopied } from './close-uncopied.tsx';

export interface BulkResultDialogProps {
  readonly keys: readonly Key[];
  readonly results: readonly BulkKeyResult[];
  readonly onClose: () => void;
}

export function BulkResultDialog({ keys, results, onClose }: BulkResultDialogProps) {
  const text = useMessages('hygiene').bulk;
  const secretText = useMessages('keys').secret;
  const problems: { readonly [code: string]: string | undefined } = useMessages('problems').codes;
  const [copied, setCopied] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const nameOf = (id: string) => keys.find((key) => key.id === id)?.name ?? id;
  const failed = results.filter(({ ok }) => !ok);
  const made = results.filter(({ secret }) => secret !== null);
  const attempt = () => {
    if (made.every(({ id }) => copied.has(id))) onClose();
    else setAsking(true);
  };
  return (
    <>
      <Dialog
        open
        size="lg"
        onClose={attempt}
        title={made.length > 0 ? text.resultTitle : text.results}
        {...(made.length > 0 && { description: text.resultText })}
        footer={
          <Button variant="primary" onClick={attempt}>
            {secretText.close}
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          {failed.length > 0 && (
            <Callout tone="warning" title={text.failed(failed.length)}>
              <ul className="list-disc pl-5">
                {failed.map(({ id, code, detail }) => (
                  <li key={id} className="wrap-anywhere">
                    {nameOf(id)}: {problems[code ?? ''] ?? detail}
                  </li>
                ))}
              </ul>
            </Callout>
          )}
          {made.map(({ id, secret }) => (
            <SecretReveal
              key={id}
              hidden
              label={nameOf(id)}
              secret={secret ?? ''}
              onCopied={() => setCopied((before) => new Set(before).add(id))}
            />
          ))}
        </div>
      </Dialog>
      <CloseUncopied open={asking} onOpenChange={setAsking} onClose={onClose} />
    </>
  );
}
