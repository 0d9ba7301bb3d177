import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { ORGANIZATION_COOKIE } from '../../api/organization.ts';
import { ConsoleShell } from '../../features/shell/console-shell.tsx';

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const organizationId = (await cookies()).get(ORGANIZATION_COOKIE)?.value;
  return <ConsoleShell organizationId={organizationId}>{children}</ConsoleShell>;
}
