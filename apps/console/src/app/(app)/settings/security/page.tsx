import type { Metadata } from 'next';
import { SecurityScreen } from '../../../../features/settings/security-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('security')).title };
}

export default function Page() {
  return <SecurityScreen />;
}
