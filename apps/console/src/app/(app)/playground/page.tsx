import type { Metadata } from 'next';
import { PlaygroundScreen } from '../../../features/playground/playground-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('playground')).title };
}

export default function Page() {
  return <PlaygroundScreen />;
}
