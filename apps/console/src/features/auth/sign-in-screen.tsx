'use client';
import { Callout } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from './auth-api.ts';
import { AuthSwitch } from './auth-form.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { withNext } from './next-path.ts';
import { OAuthButtons, OAuthProblem, type OAuthProvider } from './oauth-buttons.tsx';
import { SignInForm } from './sign-in-form.tsx';

export interface SignInScreenProps {
  /** Already checked. */
  readonly next: string;
  /** Why somebody comes here. */
  readonly notice?: 'ended' | 'password-changed' | undefined;
  /** What a sign-in with a provider came back with: a code. */
  readonly problem?: string | undefined;
  /** Those that are configured. */
  readonly providers?: readonly OAuthProvider[];
}

export function SignInScreen({ next, notice, problem, providers = [] }: SignInScreenProps) {
  const text = useMessages('auth').signIn;
  return (
    <>
      <AuthHeading title={text.title} />
      {notice && (
        <Callout tone="positive" className="mb-4">
          {notice === 'ended' ? text.ended : text.passwordChanged}
        </Callout>
      )}
      {problem !== undefined && <OAuthProblem code={problem} />}
      <OAuthButtons providers={providers} next={next} />
      <SignInForm next={next} onSignedIn={() => enterConsole(next)} />
      <AuthSwitch question={text.noAccount} href={withNext('/sign-up', next)} label={text.toSignUp} />
    </>
  );
}
