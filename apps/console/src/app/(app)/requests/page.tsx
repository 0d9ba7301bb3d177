import type { Metadata } from 'next';
import { RequestsScreen } from '../../../features/requests/requests-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('requests')).title };
}

export default function Page() {
  return (
    <FirstView>
      <RequestsScreen />
    </FirstView>
  );
}
