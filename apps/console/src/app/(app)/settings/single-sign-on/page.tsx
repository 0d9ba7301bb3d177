import type { Metadata } from 'next';
import { SingleSignOnScreen } from '../../../../features/single-sign-on/single-sign-on-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('settings')).singleSignOn.title };
}

export default function Page() {
  return (
    <FirstView>
      <SingleSignOnScreen />
    </FirstView>
  );
}
