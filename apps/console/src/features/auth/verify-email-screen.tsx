'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function VerifyEmailScreen() {
  const text = useMessages('auth').verifyEmail;
  return <AuthHeading title={text.title} />;
}
