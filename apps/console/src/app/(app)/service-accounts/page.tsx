import type { Metadata } from 'next';
import { ServiceAccountsScreen } from '../../../features/service-accounts/service-accounts-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('serviceAccounts')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ServiceAccountsScreen />
    </FirstView>
  );
}
