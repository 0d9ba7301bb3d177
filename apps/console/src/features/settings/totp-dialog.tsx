'use client';
/** Sets an authenticator app up: the secret to scan or to type, and a code of the app that shows it arrived. */
import { CopyButton, ErrorState, Field, Input, Skeleton, toast } from '@tollgate/ui';
import { useEffect, useRef } from 'react';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { QrCode } from './qr-code.tsx';

interface TotpSetup {
  readonly secret: string;
  readonly uri: string;
}

interface CodeValues {
  code: string;
}

export interface TotpDialogProps {
  readonly onConfirmed: (recoveryCodes: readonly string[] | null) => void;
  readonly onClose: () => void;
}

export function TotpDialog({ onConfirmed, onClose }: TotpDialogProps) {
  const text = useMessages('security').totp;
  const parts = useMessages('parts');
  const toText = useProblemText();
  const form = useForm<CodeValues>({ defaultValues: { code: '' } });
  const begin = useApiMutation<TotpSetup>(() => ({ path: '/me/totp', method: 'POST' }), { showsError: true });
  const confirm = useApiMutation<{ readonly recoveryCodes: readonly string[] | null }, CodeValues>(
    (json) => ({ path: '/me/totp/confirm', json }),
    { invalidates: ['/me'] },
  );
  const { mutate } = begin;
  const begun = useRef(false);
  useEffect(() => {
    // Once: a second secret would make the first one, perhaps scanned already, worthless.
    if (begun.current) return;
    begun.current = true;
    mutate();
  }, [mutate]);
  return (
    <FormDialog
      title={text.setUpTitle}
      description={text.setUpText}
      form={form}
      fields={['code']}
      submitLabel={text.confirm}
      onSubmit={(values) => confirm.mutateAsync(values)}
      onDone={({ recoveryCodes }) => {
        // The codes that are shown next say it as well, and must not be covered.
        if (recoveryCodes === null) toast.success(text.turnedOn);
        onClose();
        onConfirmed(recoveryCodes);
      }}
      onClose={onClose}
    >
      {begin.error && <ErrorState detail={toText(begin.error)} onRetry={() => mutate()} />}
      {begin.isPending && <Skeleton className="h-48" />}
      {begin.data && (
        <>
          <Secret setup={begin.data} />
          <Field label={text.code} hint={text.codeHint} error={form.formState.errors.code?.message} required>
            <Input
              autoComplete="one-time-code"
              inputMode="numeric"
              className="tabular w-40 font-mono"
              placeholder="000000"
              {...form.register('code', { required: parts.required })}
            />
          </Field>
        </>
      )}
    </FormDialog>
  );
}

function Secret({ setup: { secret, uri } }: { readonly setup: TotpSetup }) {
  const text = useMessages('security').totp;
  const grouped = secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
  return (
    <div className="flex flex-col items-center gap-4 sm:flex-row sm:items-start">
      <QrCode text={uri} label={text.qr} />
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="text-sm text-ink-soft">{text.scan}</p>
        <p className="text-sm text-ink-soft">{text.orType}</p>
        <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
          <code data-secret className="min-w-0 flex-1 py-1 font-mono text-sm text-ink select-all">
            {grouped}
          </code>
          <CopyButton value={secret} />
        </div>
      </div>
    </div>
  );
}
