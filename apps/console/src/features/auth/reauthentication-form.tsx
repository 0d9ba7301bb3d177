'use client';
/** Shows again who one is: by passkey, by password and code, or at the identity provider for who has neither. */
import type { AccountSecurity } from '@tollgate/api';
import { Button, Callout, Field, Input, PasswordInput, SkeletonText } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { apiFetch } from '../../api/client.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { getPasskey } from './passkey-api.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { ProviderReauthentication } from './provider-reauthentication.tsx';

const PATH = '/me/reauthenticate';

export function ReauthenticationForm({ onShown }: { readonly onShown: () => void }) {
  const security = useApiQuery<AccountSecurity>('/me/security');
  if (security.data === undefined) {
    return security.error ? <QueryError query={security} /> : <SkeletonText />;
  }
  return <LoadedForm security={security.data} onShown={onShown} />;
}

function LoadedForm({
  security,
  onShown,
}: {
  readonly security: AccountSecurity;
  readonly onShown: () => void;
}) {
  const text = useMessages('security').reauthentication;
  const [problem, setProblem] = useState<string>();
  const hasPasskey = security.passkeys.length > 0;
  const asksCode = hasPasskey || security.totpSince !== null;
  const byPasskey = async () => {
    const passkey = await getPasskey();
    await apiFetch(PATH, { json: { passkey }, keepOnUnauthorized: true });
    onShown();
  };
  return (
    <div className="flex flex-col gap-4">
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      {hasPasskey && (
        <PasskeyButton
          variant="primary"
          size="lg"
          className="w-full"
          label={text.passkey}
          run={byPasskey}
          onProblem={setProblem}
        />
      )}
      {security.hasPassword || asksCode ? (
        <PasswordForm
          asksPassword={security.hasPassword}
          asksCode={asksCode}
          hasTotp={security.totpSince !== null}
          secondary={hasPasskey}
          onShown={onShown}
        />
      ) : (
        <ProviderReauthentication providers={security.providers} onShown={onShown} onProblem={setProblem} />
      )}
    </div>
  );
}

interface PasswordFormProps {
  readonly asksPassword: boolean;
  readonly asksCode: boolean;
  readonly hasTotp: boolean;
  /** Beside something better. */
  readonly secondary: boolean;
  readonly onShown: () => void;
}

function PasswordForm({ asksPassword, asksCode, hasTotp, secondary, onShown }: PasswordFormProps) {
  const text = useMessages('security').reauthentication;
  const auth = useMessages('auth');
  const parts = useMessages('parts');
  const form = useForm({ defaultValues: { password: '', code: '' } });
  const { problem, report, clear } = useFormProblem(form, ['password', 'code']);
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(
    useOneAtATime(async ({ password, code }) => {
      clear();
      try {
        const json = { ...(asksPassword && { password }), ...(asksCode && { code }) };
        await apiFetch(PATH, { json, keepOnUnauthorized: true });
        onShown();
      } catch (error) {
        report(error);
      }
    }),
  );
  return (
    <form
      method="post"
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.stopPropagation();
        void submit(event);
      }}
    >
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      {asksPassword && (
        <Field label={auth.password} error={errors.password?.message}>
          <PasswordInput
            autoFocus={!secondary}
            autoComplete="current-password"
            {...form.register('password', { required: parts.required })}
          />
        </Field>
      )}
      {asksCode && (
        <Field
          label={hasTotp ? text.code : text.recoveryCode}
          hint={hasTotp ? text.codeHint : undefined}
          error={errors.code?.message}
        >
          <Input
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            className="tabular font-mono"
            {...form.register('code', { required: parts.required })}
          />
        </Field>
      )}
      <Button type="submit" variant={secondary ? 'secondary' : 'primary'} size="lg" loading={isSubmitting}>
        {text.submit}
      </Button>
    </form>
  );
}
