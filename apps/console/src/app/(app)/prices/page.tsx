import type { Metadata } from 'next';
import { PricesScreen } from '../../../features/prices/prices-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('prices')).title };
}

export default function Page() {
  return (
    <FirstView>
      <PricesScreen />
    </FirstView>
  );
}
