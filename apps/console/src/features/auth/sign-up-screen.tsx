'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function SignUpScreen() {
  const text = useMessages('auth').signUp;
  return <AuthHeading title={text.title} />;
}
