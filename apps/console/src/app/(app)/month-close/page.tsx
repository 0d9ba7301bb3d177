import type { Metadata } from 'next';
import { MonthCloseScreen } from '../../../features/month-close/month-close-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('monthClose')).title };
}

export default function Page() {
  return (
    <FirstView>
      <MonthCloseScreen />
    </FirstView>
  );
}
