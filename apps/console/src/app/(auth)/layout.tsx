import type { ReactNode } from 'react';
import { AuthLayout } from '../../features/auth/auth-layout.tsx';

export default function Layout({ children }: { readonly children: ReactNode }) {
  return <AuthLayout>{children}</AuthLayout>;
}
