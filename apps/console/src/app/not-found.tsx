import { Button, EmptyState } from '@tollgate/ui';
import Link from 'next/link';
import { getMessages } from '../i18n/server.ts';

export default async function NotFound() {
  const text = await getMessages('shell');
  return (
    <main id="content" className="flex min-h-[70dvh] items-center justify-center">
      <EmptyState
        title={text.notFoundTitle}
        action={
          <Button asChild>
            <Link href="/">{text.backToOverview}</Link>
          </Button>
        }
      >
        {text.notFoundText}
      </EmptyState>
    </main>
  );
}
