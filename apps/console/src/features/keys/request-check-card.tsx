'use client';
import { Button, Card } from '@tollgate/ui';
import { ScanSearch } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';

const CheckForm = later(async () => (await import('./request-check-form.tsx')).CheckForm);

/** Closed at first: who only looks at a key needs no list of models. */
export function RequestCheckCard({ keyId }: { readonly keyId: string }) {
  const text = useMessages('checks');
  const [open, setOpen] = useState(false);
  return (
    <Card
      title={text.title}
      description={text.text}
      flush={!open}
      {...(!open && {
        actions: (
          <Button icon={<ScanSearch />} onClick={() => setOpen(true)}>
            {text.begin}
          </Button>
        ),
      })}
    >
      {open && <CheckForm keyId={keyId} />}
    </Card>
  );
}
