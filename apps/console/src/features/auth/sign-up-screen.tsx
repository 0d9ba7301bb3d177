'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from './auth-api.ts';
import { AuthSwitch } from './auth-form.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { HOME, withNext } from './next-path.ts';
import { SignUpForm } from './sign-up-form.tsx';

/** @param next Where the link led that brought somebody here; without one the wizard follows. */
export function SignUpScreen({ next }: { readonly next: string }) {
  const text = useMessages('auth').signUp;
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      <SignUpForm
        submitLabel={text.submit}
        onSignedUp={() => enterConsole(next === HOME ? '/onboarding' : next)}
      />
      <AuthSwitch question={text.haveAccount} href={withNext('/sign-in', next)} label={text.toSignIn} />
    </>
  );
}
