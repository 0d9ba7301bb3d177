import type { Metadata } from 'next';
import { TeamsScreen } from '../../../features/teams/teams-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('teams')).title };
}

export default function Page() {
  return (
    <FirstView>
      <TeamsScreen />
    </FirstView>
  );
}
