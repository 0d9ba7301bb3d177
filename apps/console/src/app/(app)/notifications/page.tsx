import type { Metadata } from 'next';
import { NotificationsScreen } from '../../../features/notifications/notifications-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('notifications')).title };
}

export default function Page() {
  return (
    <FirstView>
      <NotificationsScreen />
    </FirstView>
  );
}
