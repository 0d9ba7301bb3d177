import type { Metadata } from 'next';
import { MembersScreen } from '../../../features/members/members-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('members')).title };
}

export default function Page() {
  return (
    <FirstView>
      <MembersScreen />
    </FirstView>
  );
}
