import type { Metadata } from 'next';
import { OperatorScreen } from '../../../features/operator/operator-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('operator')).title };
}

export default function Page() {
  return (
    <FirstView>
      <OperatorScreen />
    </FirstView>
  );
}
