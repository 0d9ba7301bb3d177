'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function SignInScreen() {
  const text = useMessages('auth').signIn;
  return <AuthHeading title={text.title} />;
}
