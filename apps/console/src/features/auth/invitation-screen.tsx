'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export function InvitationScreen() {
  const text = useMessages('auth').invitation;
  return <AuthHeading title={text.title} />;
}
