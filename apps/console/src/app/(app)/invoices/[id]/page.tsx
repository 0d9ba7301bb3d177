import type { Metadata } from 'next';
import { InvoiceScreen } from '../../../../features/invoices/invoice-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('invoices')).title };
}

export default async function Page({ params }: IdPageProps) {
  return <InvoiceScreen invoiceId={(await params).id} />;
}
