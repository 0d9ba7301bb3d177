import type { Metadata } from 'next';
import { OrganizationScreen } from '../../../../features/settings/organization-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('settings')).organization.title };
}

export default function Page() {
  return <OrganizationScreen />;
}
