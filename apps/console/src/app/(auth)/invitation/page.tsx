import type { Metadata } from 'next';
import { InvitationScreen } from '../../../features/auth/invitation-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { findMe } from '../../../server/session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).invitation.title };
}

export default async function Page() {
  return <InvitationScreen signedInAs={(await findMe())?.email ?? undefined} />;
}
