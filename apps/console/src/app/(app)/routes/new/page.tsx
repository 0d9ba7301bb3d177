import type { Metadata } from 'next';
import { NewRoute } from '../../../../features/routes/new-route.tsx';
import { getMessages } from '../../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('routes')).newTitle };
}

export default function Page() {
  return <NewRoute />;
}
