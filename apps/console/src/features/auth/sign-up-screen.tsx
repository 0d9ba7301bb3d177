'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from './auth-api.ts';
import { AuthSwitch } from './auth-form.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { HOME, withNext } from './next-path.ts';
import { OAuthButtons, type OAuthProvider } from './oauth-buttons.tsx';
import { SignUpForm } from './sign-up-form.tsx';

export interface SignUpScreenProps {
  /** Where the link led that brought somebody here; without one the wizard follows. */
  readonly next: string;
  /** Those that are configured. */
  readonly providers?: readonly OAuthProvider[];
}

export function SignUpScreen({ next, providers = [] }: SignUpScreenProps) {
  const text = useMessages('auth').signUp;
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      <OAuthButtons providers={providers} next={next} />
      <SignUpForm
        submitLabel={text.submit}
        onSignedUp={(organizationNamed) => {
          // Who has named the organization is not asked again.
          const wizard = organizationNamed ? '/onboarding?step=provider' : '/onboarding';
          enterConsole(next === HOME ? wizard : next);
        }}
      />
      <AuthSwitch question={text.haveAccount} href={withNext('/sign-in', next)} label={text.toSignIn} />
    </>
  );
}
