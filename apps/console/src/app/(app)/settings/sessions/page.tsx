import type { Metadata } from 'next';
import { SessionsScreen } from '../../../../features/settings/sessions-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('settings')).sessions.title };
}

export default function Page() {
  return (
    <FirstView>
      <SessionsScreen />
    </FirstView>
  );
}
