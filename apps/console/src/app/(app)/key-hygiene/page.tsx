import type { Metadata } from 'next';
import { HygieneScreen } from '../../../features/keys/hygiene-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('hygiene')).title };
}

export default function Page() {
  return <HygieneScreen />;
}
