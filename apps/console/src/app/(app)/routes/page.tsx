import type { Metadata } from 'next';
import { RoutesScreen } from '../../../features/routes/routes-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('routes')).title };
}

export default function Page() {
  return (
    <FirstView>
      <RoutesScreen />
    </FirstView>
  );
}
