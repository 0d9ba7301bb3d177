import type { Metadata } from 'next';
import { AuditScreen } from '../../../../features/audit/audit-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('audit')).title };
}

export default function Page() {
  return (
    <FirstView>
      <AuditScreen />
    </FirstView>
  );
}
