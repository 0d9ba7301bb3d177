import type { Metadata } from 'next';
import { ResetPasswordScreen } from '../../../features/auth/reset-password-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).resetPassword.title };
}

export default function Page() {
  return <ResetPasswordScreen />;
}
