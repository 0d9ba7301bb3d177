'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function ResetPasswordScreen() {
  const text = useMessages('auth').resetPassword;
  return <AuthHeading title={text.title} />;
}
