import type { Metadata } from 'next';
import { ModelsScreen } from '../../../features/models/models-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('models')).title };
}

export default function Page() {
  return <ModelsScreen />;
}
