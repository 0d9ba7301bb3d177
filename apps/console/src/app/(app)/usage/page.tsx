import type { Metadata } from 'next';
import { UsageScreen } from '../../../features/usage/usage-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('usage')).title };
}

export default function Page() {
  return (
    <FirstView>
      <UsageScreen />
    </FirstView>
  );
}
