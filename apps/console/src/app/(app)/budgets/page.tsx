import type { Metadata } from 'next';
import { BudgetsScreen } from '../../../features/budgets/budgets-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('budgets')).title };
}

export default function Page() {
  return (
    <FirstView>
      <BudgetsScreen />
    </FirstView>
  );
}
