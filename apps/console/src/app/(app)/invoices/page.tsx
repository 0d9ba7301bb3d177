import type { Metadata } from 'next';
import { InvoicesScreen } from '../../../features/invoices/invoices-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('invoices')).title };
}

export default function Page() {
  return (
    <FirstView>
      <InvoicesScreen />
    </FirstView>
  );
}
