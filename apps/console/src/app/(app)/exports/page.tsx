import type { Metadata } from 'next';
import { ExportsScreen } from '../../../features/exports/exports-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('dataExports')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ExportsScreen />
    </FirstView>
  );
}
