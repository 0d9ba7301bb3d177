import type { Metadata } from 'next';
import { ProvidersScreen } from '../../../features/providers/providers-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('providers')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ProvidersScreen />
    </FirstView>
  );
}
