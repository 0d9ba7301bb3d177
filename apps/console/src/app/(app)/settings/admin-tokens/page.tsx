import type { Metadata } from 'next';
import { AdminTokensScreen } from '../../../../features/settings/admin-tokens-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('settings')).tokens.title };
}

export default function Page() {
  return (
    <FirstView>
      <AdminTokensScreen />
    </FirstView>
  );
}
