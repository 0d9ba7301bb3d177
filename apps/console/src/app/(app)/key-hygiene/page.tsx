import type { Metadata } from 'next';
import { HygieneScreen } from '../../../features/keys/hygiene-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('hygiene')).title };
}

export default function Page() {
  return (
    <FirstView>
      <HygieneScreen />
    </FirstView>
  );
}
