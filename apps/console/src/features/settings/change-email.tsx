'use client';
/** Changing one's own address: a link goes to the new one, and until it is opened the page says that it waits. */
import type { AccountSecurity, WaitingEmail } from '@tollgate/api';
import { Button, Callout, Field, Input, TimeStamp, toast } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';

const PATH = '/me/email';
const SECURITY_PATH = '/me/security';

interface EmailValues {
  email: string;
}

export function ChangeEmailDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('settings').profile;
  const parts = useMessages('parts');
  const form = useForm<EmailValues>({ defaultValues: { email: '' } });
  const change = useApiMutation<WaitingEmail, EmailValues>((json) => ({ path: PATH, json }), {
    invalidates: [SECURITY_PATH],
  });
  return (
    <FormDialog
      title={text.changeEmailOf}
      description={text.changeEmailText}
      size="sm"
      form={form}
      fields={['email']}
      submitLabel={text.sendLink}
      onSubmit={(values) => change.mutateAsync(values)}
      done={({ email }) => text.linkSent(email)}
      onClose={onClose}
    >
      <Field label={text.newEmail} error={form.formState.errors.email?.message} required>
        <Input
          autoFocus
          type="email"
          autoComplete="email"
          maxLength={254}
          {...form.register('email', { required: parts.required })}
        />
      </Field>
    </FormDialog>
  );
}

/** Nothing where no link waits. */
export function WaitingEmailNotice() {
  const text = useMessages('settings').profile;
  const toText = useProblemText();
  const waiting = useApiQuery<AccountSecurity>(SECURITY_PATH).data?.waitingEmail;
  const drop = useApiMutation<void>(() => ({ path: PATH, method: 'DELETE' }), {
    invalidates: [SECURITY_PATH],
    onSuccess: () => void toast.success(text.emailDropped),
    onError: (error) => void toast.error(toText(error)),
  });
  if (!waiting) return null;
  return (
    <Callout>
      <p className="wrap-anywhere">{text.emailWaits(waiting.email)}</p>
      <p className="flex flex-wrap items-center justify-between gap-2">
        <span>
          {text.emailWaitsUntil} <TimeStamp value={waiting.expiresAt} format="exact" />
        </span>
        <Button size="sm" loading={drop.isPending} onClick={() => drop.mutate()}>
          {text.dropEmail}
        </Button>
      </p>
    </Callout>
  );
}
