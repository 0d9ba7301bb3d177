import type { Metadata } from 'next';
import { SignUpScreen } from '../../../features/auth/sign-up-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).signUp.title };
}

export default function Page() {
  return <SignUpScreen />;
}
