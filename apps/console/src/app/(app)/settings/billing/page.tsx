import type { Metadata } from 'next';
import { BillingScreen } from '../../../../features/billing/billing-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('billing')).title };
}

export default function Page() {
  return (
    <FirstView>
      <BillingScreen />
    </FirstView>
  );
}
