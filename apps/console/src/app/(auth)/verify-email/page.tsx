import type { Metadata } from 'next';
import { VerifyEmailScreen } from '../../../features/auth/verify-email-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).verifyEmail.title };
}

export default function Page() {
  return <VerifyEmailScreen />;
}
