'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function ForgotPasswordScreen() {
  const text = useMessages('auth').forgotPassword;
  return <AuthHeading title={text.title} />;
}
