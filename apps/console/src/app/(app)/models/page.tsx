import type { Metadata } from 'next';
import { ModelsScreen } from '../../../features/models/models-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('models')).title };
}

export default function Page() {
  return (
    <FirstView>
      <ModelsScreen />
    </FirstView>
  );
}
