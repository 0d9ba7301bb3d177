import type { Metadata } from 'next';
import { RouteScreen } from '../../../../features/routes/route-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('routes')).title };
}

export default async function Page({ params }: IdPageProps) {
  return <RouteScreen id={(await params).id} />;
}
