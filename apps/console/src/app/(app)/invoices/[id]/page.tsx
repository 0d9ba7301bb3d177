import type { Metadata } from 'next';
import { InvoiceScreen } from '../../../../features/invoices/invoice-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('invoices')).title };
}

export default async function Page({ params }: IdPageProps) {
  return (
    <FirstView>
      <InvoiceScreen invoiceId={(await params).id} />
    </FirstView>
  );
}
