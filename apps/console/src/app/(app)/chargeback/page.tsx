import type { Metadata } from 'next';
import { ChargebackScreen } from '../../../features/chargeback/chargeback-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('chargeback')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ChargebackScreen />
    </FirstView>
  );
}
