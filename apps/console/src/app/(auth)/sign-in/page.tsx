import type { Metadata } from 'next';
import { SignInScreen } from '../../../features/auth/sign-in-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).signIn.title };
}

export default function Page() {
  return <SignInScreen />;
}
