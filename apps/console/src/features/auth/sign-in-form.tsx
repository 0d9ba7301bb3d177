'use client';
/**
 * Address and password, then the second step where there is one; or a passkey, which needs neither. An address whose
 * organization has an identity provider goes there instead of giving a password. On its own page, and below an invitation.
 */
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Field, Input, PasswordInput } from '@tollgate/ui';
import Link from 'next/link';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type UseFormReturn, useForm, useWatch } from 'react-hook-form';
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
import { useSingleSignOnStart } from './single-sign-on-button.tsx';
import { useSingleSignOnWays } from './single-sign-on-way.ts';
import { usePasskeyText } from './use-passkey-text.ts';

export interface SignInFormProps {
  readonly submitLabel?: string;
  /** Given and not to be changed, as by an invitation. */
  readonly email?: string;
  /** Where an identity provider leads back to. Already checked. */
  readonly next?: string;
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

function FirstStepForm({ submitLabel, email, next, onSignedIn, onSecondStep }: FirstStepFormProps) {
  const text = useMessages('auth');
  const passkeyText = useMessages('security').signIn;
  /** Of the ways without a password. */
  const [otherProblem, setOtherProblem] = useState<string>();
  const form = useForm<SignInValues>({
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
  usePasskeyAutofill(email === undefined, onSignedIn, setOtherProblem);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setOtherProblem(undefined);
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
  const [leaving, leave] = useSingleSignOnStart(setOtherProblem);
  const { way, isAsking, findWay, findBeforePassword, usePassword, passwordWanted, around } = useWay(
    form,
    email === undefined,
  );
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const start = { email: form.getValues('email').trim(), ...(next !== undefined && { next }) };
    if (way !== null) return leave(way, start);
    if ((await findBeforePassword()) === null) await submit().catch(() => undefined);
  };
  return (
    <div ref={around} className="flex flex-col gap-2.5">
      <AuthForm
        problem={problem ?? otherProblem}
        submitLabel={way === null ? (submitLabel ?? text.signIn.submit) : text.oauth.continueWith(way.name)}
        submitting={isAsking || leaving || isSubmitting || isSubmitSuccessful}
        onSubmit={(event) => void send(event)}
      >
        <Field label={text.email} error={errors.email?.message}>
          <Input
            type="email"
            autoComplete="username webauthn"
            autoFocus={email === undefined}
            readOnly={email !== undefined}
            spellCheck={false}
            {...form.register('email', { onBlur: () => void findWay() })}
          />
        </Field>
        {way === null ? (
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
              autoFocus={email !== undefined || passwordWanted}
              {...form.register('password')}
            />
          </Field>
        ) : (
          <p role="status" className="text-base text-ink-soft">
            {text.singleSignOn.found(way.name)}
          </p>
        )}
      </AuthForm>
      {way === null ? (
        <PasskeyButton
          size="lg"
          className="w-full"
          label={passkeyText.passkey}
          run={byPasskey}
          onProblem={setOtherProblem}
        />
      ) : (
        <Button variant="link" className="mt-1 self-start" onClick={usePassword}>
          {text.singleSignOn.usePassword}
        </Button>
      )}
    </div>
  );
}

interface SignInValues {
  email: string;
  password: string;
}

/**
 * Whether what is typed leads to an identity provider: asked when the address is left, and when it is sent without a password.
 *
 * @param enabled Not for an address that is given.
 */
function useWay(form: UseFormReturn<SignInValues>, enabled: boolean) {
  const { find, ask } = useSingleSignOnWays();
  const [address, password] = useWatch({ control: form.control, name: ['email', 'password'] });
  const [isAsking, setAsking] = useState(false);
  // Owners get in without it, when their provider does not answer.
  const [passwordWanted, setPasswordWanted] = useState(false);
  // What somebody is writing into stays before them.
  const way = enabled && !passwordWanted && password === '' ? find(address) : null;
  const around = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Who stood in the field that has become a button stands on the button.
    if (way === null || document.activeElement !== document.body) return;
    around.current?.querySelector<HTMLElement>('[type=submit]')?.focus();
  }, [way]);
  const findWay = async () => (enabled ? ask(form.getValues('email')) : null);
  return {
    way,
    isAsking,
    around,
    findWay,
    /** Enter in the address: what is below it may have to become a button first. */
    findBeforePassword: async () => {
      if (passwordWanted || form.getValues('password') !== '') return null;
      setAsking(true);
      const found = await findWay();
      setAsking(false);
      return found;
    },
    passwordWanted,
    usePassword: () => setPasswordWanted(true),
  };
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
