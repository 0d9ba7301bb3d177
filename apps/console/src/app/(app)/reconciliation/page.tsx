import type { Metadata } from 'next';
import { ReconciliationScreen } from '../../../features/reconciliation/reconciliation-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('reconciliation')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ReconciliationScreen />
    </FirstView>
  );
}
