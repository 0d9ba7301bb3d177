import type { Metadata } from 'next';
import { OverviewScreen } from '../../features/overview/overview-screen.tsx';
import { getMessages } from '../../i18n/server.ts';
import { FirstView } from '../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('overview')).title };
}

export default function Page() {
  return (
    <FirstView>
      <OverviewScreen />
    </FirstView>
  );
}
