'use client';
import { Button, PageHeader, ThemeToggle } from '@tollgate/ui';

export function DesignScreen() {
  return (
    <main id="content" className="mx-auto max-w-7xl px-4 py-8">
      <PageHeader title="Design system" actions={<ThemeToggle />} />
      <Button variant="primary">Create key</Button>
    </main>
  );
}
