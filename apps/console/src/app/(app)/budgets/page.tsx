import type { Metadata } from 'next';
import { BudgetsScreen } from '../../../features/budgets/budgets-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('budgets')).title };
}

export default function Page() {
  return <BudgetsScreen />;
}
