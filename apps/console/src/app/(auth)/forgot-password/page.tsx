import type { Metadata } from 'next';
import { ForgotPasswordScreen } from '../../../features/auth/forgot-password-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).forgotPassword.title };
}

export default function Page() {
  return <ForgotPasswordScreen />;
}
