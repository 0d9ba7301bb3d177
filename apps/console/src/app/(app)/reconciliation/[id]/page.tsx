import type { Metadata } from 'next';
import { BillScreen } from '../../../../features/reconciliation/bill-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('reconciliation')).title };
}

export default async function Page({ params }: IdPageProps) {
  return (
    <FirstView>
      <BillScreen billId={(await params).id} />
    </FirstView>
  );
}
