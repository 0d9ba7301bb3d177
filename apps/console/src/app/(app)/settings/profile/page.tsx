import type { Metadata } from 'next';
import { ProfileScreen } from '../../../../features/settings/profile-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('settings')).profile.title };
}

export default function Page() {
  return <ProfileScreen />;
}
