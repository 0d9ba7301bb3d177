import type { Metadata } from 'next';
import { VerifyEmailScreen } from '../../../features/auth/verify-email-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { findMe } from '../../../server/session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).verifyEmail.title };
}

export default async function Page() {
  return <VerifyEmailScreen signedIn={(await findMe()) !== undefined} />;
}
