import type { Metadata } from 'next';
import { OperatorScreen } from '../../../features/operator/operator-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('operator')).title };
}

export default function Page() {
  return <OperatorScreen />;
}
