import type { Metadata } from 'next';
import { AlertsScreen } from '../../../features/alerts/alerts-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('alerts')).title };
}

export default function Page() {
  return (
    <FirstView>
      <AlertsScreen />
    </FirstView>
  );
}
