import type { Metadata } from 'next';
import { ConfirmEmailScreen } from '../../../features/auth/confirm-email-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { findMe } from '../../../server/session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).confirmEmail.title };
}

export default async function Page() {
  return <ConfirmEmailScreen signedIn={(await findMe()) !== undefined} />;
}
