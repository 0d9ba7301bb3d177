'use client';
/**
 * Address and password, then the second step where there is one; or a passkey, which needs neither. On its own page,
 * and below an invitation.
 */
import { zodResolver } from '@hookform/resolvers/zod';
import { Field, Input, PasswordInput } from '@tollgate/ui';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { ApiError, isUnanswered } from '../../api/api-error.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { type SecondStep, signIn } from './auth-api.ts';
import { AuthForm } from './auth-form.tsx';
import { browserSupportsWebAuthnAutofill, signInWithPasskey, stopWaitingForPasskey } from './passkey-api.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { SecondStepForm } from './second-step-form.tsx';
import { usePasskeyText } from './use-passkey-text.ts';

export interface SignInFormProps {
  readonly submitLabel?: string;
  /** Given and not to be changed, as by an invitation. */
  readonly email?: string;
  /** Runs with the session open; the form stays busy until it ends. */
  readonly onSignedIn: () => unknown;
}

export function SignInForm(props: SignInFormProps) {
  const { secondStep: text } = useMessages('security');
  const [secondStep, setSecondStep] = useState<SecondStep>();
  if (secondStep === undefined) return <FirstStepForm {...props} onSecondStep={setSecondStep} />;
  return (
    <section aria-label={text.title} className="flex flex-col gap-4">
      <p role="status" className="text-base text-ink-soft">
        {text.intro}
      </p>
      <SecondStepForm
        {...secondStep}
        onSignedIn={props.onSignedIn}
        onRestart={() => setSecondStep(undefined)}
      />
    </section>
  );
}

interface FirstStepFormProps extends SignInFormProps {
  readonly onSecondStep: (step: SecondStep) => void;
}

function FirstStepForm({ submitLabel, email, onSignedIn, onSecondStep }: FirstStepFormProps) {
  const text = useMessages('auth');
  const passkeyText = useMessages('security').signIn;
  const [passkeyProblem, setPasskeyProblem] = useState<string>();
  const form = useForm({
    resolver: zodResolver(
      z.object({
        email: z.string().trim().min(3, text.errors.email).includes('@', text.errors.email),
        password: z.string().min(1, text.errors.passwordMissing),
      }),
    ),
    defaultValues: { email: email ?? '', password: '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['email', 'password']);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  usePasskeyAutofill(email === undefined, onSignedIn, setPasskeyProblem);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setPasskeyProblem(undefined);
      try {
        const secondStep = await signIn(values.email, values.password);
        if (secondStep === null) await onSignedIn();
        else onSecondStep(secondStep);
      } catch (error) {
        report(error);
        if (!isUnanswered(error)) form.resetField('password');
        form.setFocus('password');
        throw error;
      }
    }),
  );
  const byPasskey = async () => {
    await signInWithPasskey();
    await onSignedIn();
  };
  return (
    <div className="flex flex-col gap-2.5">
      <AuthForm
        problem={problem ?? passkeyProblem}
        submitLabel={submitLabel ?? text.signIn.submit}
        submitting={isSubmitting || isSubmitSuccessful}
        onSubmit={(event) => void submit(event).catch(() => undefined)}
      >
        <Field label={text.email} error={errors.email?.message}>
          <Input
            type="email"
            autoComplete="username webauthn"
            autoFocus={email === undefined}
            readOnly={email !== undefined}
            spellCheck={false}
            {...form.register('email')}
          />
        </Field>
        <Field
          label={text.password}
          error={errors.password?.message}
          action={
            <Link href="/forgot-password" className="text-accent-ink underline-offset-3 hover:underline">
              {text.signIn.forgot}
            </Link>
          }
        >
          <PasswordInput
            autoComplete="current-password"
            autoFocus={email !== undefined}
            {...form.register('password')}
          />
        </Field>
      </AuthForm>
      <PasskeyButton
        size="lg"
        className="w-full"
        label={passkeyText.passkey}
        run={byPasskey}
        onProblem={setPasskeyProblem}
      />
    </div>
  );
}

/** Offers passkeys in the browser's own list below the field for the address, while the form is open. */
function usePasskeyAutofill(
  enabled: boolean,
  onSignedIn: () => unknown,
  onProblem: (problem: string) => void,
): void {
  const toText = usePasskeyText();
  const latest = useRef({ onSignedIn, onProblem, toText });
  latest.current = { onSignedIn, onProblem, toText };
  useEffect(() => {
    if (!enabled) return;
    let left = false;
    const offer = async () => {
      if (!(await browserSupportsWebAuthnAutofill()) || left) return;
      await signInWithPasskey(true);
      if (!left) await latest.current.onSignedIn();
    };
    offer().catch((error: unknown) => {
      // Nobody pressed anything: only a passkey that somebody picked and that opens nothing is worth a word.
      const refused = error instanceof ApiError && error.code === 'passkey_refused';
      if (!left && refused) latest.current.onProblem(latest.current.toText(error));
    });
    return () => {
      left = true;
      stopWaitingForPasskey();
    };
  }, [enabled]);
}
