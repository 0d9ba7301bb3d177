'use client';
/** The second step of a sign-in: a code of the authenticator app, a recovery code, or a passkey instead of both. */
import { Button, Field, Input } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { ApiError, isUnanswered } from '../../api/api-error.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { finishSecondStep, type SecondStep } from './auth-api.ts';
import { AuthForm } from './auth-form.tsx';
import { signInWithPasskey } from './passkey-api.ts';
import { PasskeyButton } from './passkey-button.tsx';

export interface SecondStepFormProps extends SecondStep {
  /** Runs with the session open; the form stays busy until it ends. */
  readonly onSignedIn: () => unknown;
  /** The first step is forgotten: it took too long, or somebody wants another account. */
  readonly onRestart: () => void;
}

export function SecondStepForm({ methods, onSignedIn, onRestart }: SecondStepFormProps) {
  const text = useMessages('security').secondStep;
  const hasTotp = methods.includes('totp');
  const [byRecovery, setByRecovery] = useState(!hasTotp && !methods.includes('passkey'));
  const [passkeyProblem, setPasskeyProblem] = useState<string>();
  const asksCode = hasTotp || byRecovery;
  const byPasskey = async () => {
    try {
      await signInWithPasskey();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'sign_in_expired') onRestart();
      throw error;
    }
    await onSignedIn();
  };
  return (
    <div className="flex flex-col gap-3">
      {asksCode ? (
        <CodeForm
          key={String(byRecovery)}
          recovery={byRecovery}
          otherProblem={passkeyProblem}
          onSignedIn={onSignedIn}
          onRestart={onRestart}
        />
      ) : (
        passkeyProblem && (
          <p role="alert" className="text-sm text-negative">
            {passkeyProblem}
          </p>
        )
      )}
      {methods.includes('passkey') && (
        <PasskeyButton
          size="lg"
          className="w-full"
          variant={asksCode ? 'secondary' : 'primary'}
          label={text.passkey}
          run={byPasskey}
          onProblem={setPasskeyProblem}
        />
      )}
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="link" onClick={() => setByRecovery(!byRecovery)}>
          {byRecovery ? (hasTotp ? text.useApp : text.noRecovery) : text.useRecovery}
        </Button>
        <Button variant="link" onClick={onRestart}>
          {text.restart}
        </Button>
      </div>
    </div>
  );
}

interface CodeFormProps extends Omit<SecondStepFormProps, 'methods'> {
  readonly recovery: boolean;
  readonly otherProblem: string | undefined;
}

function CodeForm({ recovery, otherProblem, onSignedIn, onRestart }: CodeFormProps) {
  const text = useMessages('security').secondStep;
  const form = useForm({ defaultValues: { code: '' } });
  const { problem, report, clear } = useFormProblem(form, ['code']);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(
    useOneAtATime(async ({ code }) => {
      clear();
      try {
        await finishSecondStep(code);
        await onSignedIn();
      } catch (error) {
        if (error instanceof ApiError && error.code === 'sign_in_expired') onRestart();
        else report(error);
        // A code that was refused is of no use; one that never arrived is.
        if (!isUnanswered(error)) form.resetField('code', { keepError: true });
        form.setFocus('code');
        throw error;
      }
    }),
  );
  return (
    <AuthForm
      problem={problem ?? otherProblem}
      submitLabel={text.submit}
      submitting={isSubmitting || isSubmitSuccessful}
      onSubmit={(event) => void submit(event).catch(() => undefined)}
    >
      <Field
        label={recovery ? text.recoveryCode : text.code}
        hint={recovery ? text.recoveryHint : text.codeHint}
        error={errors.code?.message}
      >
        <Input
          autoFocus
          autoComplete={recovery ? 'off' : 'one-time-code'}
          inputMode={recovery ? 'text' : 'numeric'}
          autoCapitalize="none"
          spellCheck={false}
          className="tabular font-mono"
          placeholder={recovery ? 'xxxx-xxxx-xxxx-xxxx' : '000000'}
          {...form.register('code', { required: text.codeMissing })}
        />
      </Field>
    </AuthForm>
  );
}
