'use client';
/** Asks the provider for its models with the stored credential, and shows what came back. */
import type { ConnectionTest, ProviderCredential } from '@tollgate/api';
import { Badge, Button, Callout, Dialog, DialogClose, formatDuration, Spinner } from '@tollgate/ui';
import { useEffect, useRef } from 'react';
import { useFaultText, useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useTestCredential } from './provider-api.ts';

const SHOWN_MODELS = 40;

export interface TestDialogProps {
  readonly credential: ProviderCredential;
  readonly onClose: () => void;
}

export function TestDialog({ credential, onClose }: TestDialogProps) {
  const text = useMessages('providers');
  const shell = useMessages('common');
  const toText = useProblemText();
  const { mutate, data, error, isPending } = useTestCredential();
  const asked = useRef(false);
  useEffect(() => {
    // Strict mode runs effects twice; one opening is one test.
    if (asked.current) return;
    asked.current = true;
    mutate(credential);
  }, [mutate, credential]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={text.testTitle(credential.name)}
      description={credential.baseUrl}
      footer={
        <>
          <Button onClick={() => mutate(credential)} loading={isPending}>
            {text.runTest}
          </Button>
          <DialogClose asChild>
            <Button variant="primary">{shell.done}</Button>
          </DialogClose>
        </>
      }
    >
      <div aria-live="polite" className="flex min-h-24 flex-col gap-3">
        {isPending || (!data && !error) ? (
          <p className="flex items-center gap-2 text-sm text-ink-soft">
            <Spinner />
            {text.testRunning}
          </p>
        ) : error ? (
          <Callout tone="negative">{toText(error)}</Callout>
        ) : (
          data && <TestResult result={data} />
        )}
      </div>
    </Dialog>
  );
}

function TestResult({ result }: { readonly result: ConnectionTest }) {
  const text = useMessages('providers');
  const locale = useLocale();
  const toFaultText = useFaultText();
  if (!result.ok) {
    return (
      <Callout tone="negative" title={text.testFailed}>
        {toFaultText(result.fault, result.detail)}
      </Callout>
    );
  }
  const more = result.models.length - SHOWN_MODELS;
  return (
    <>
      <Callout
        tone="positive"
        title={text.testOk(result.models.length, formatDuration(result.tookMs, locale))}
      />
      {result.models.length > 0 && (
        <section aria-label={text.testModels}>
          <h3 className="mb-1.5 text-xs font-medium text-ink-faint">{text.testModels}</h3>
          <ul className="flex flex-wrap gap-1">
            {result.models.slice(0, SHOWN_MODELS).map((model) => (
              <li key={model} className="max-w-full">
                <Badge tone="outline" className="font-mono">
                  {model}
                </Badge>
              </li>
            ))}
            {more > 0 && <li className="text-xs text-ink-faint">{text.moreModels(more)}</li>}
          </ul>
        </section>
      )}
    </>
  );
}
