import type { Metadata } from 'next';
import { UndoEmailScreen } from '../../../features/auth/undo-email-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).undoEmail.title };
}

export default function Page() {
  return <UndoEmailScreen />;
}
