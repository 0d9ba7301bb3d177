import type { Metadata } from 'next';
import { SignOutScreen } from '../../../features/auth/sign-out-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).signOut.title };
}

export default function Page() {
  return <SignOutScreen />;
}
