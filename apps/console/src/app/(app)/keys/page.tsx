import type { Metadata } from 'next';
import { KeysScreen } from '../../../features/keys/keys-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('keys')).title };
}

export default function Page() {
  return (
    <FirstView>
      <KeysScreen />
    </FirstView>
  );
}
