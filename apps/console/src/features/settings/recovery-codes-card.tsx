'use client';
/** How many recovery codes are left, and making new ones. */
import { Badge, Button, Card, ConfirmDialog } from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useConfirmed } from '../common/use-confirmed.ts';

const FEW = 3;

export interface RecoveryCodesCardProps {
  readonly left: number;
  readonly onCodes: (codes: readonly string[]) => void;
}

export function RecoveryCodesCard({ left, onCodes }: RecoveryCodesCardProps) {
  const text = useMessages('security').recovery;
  const confirmed = useConfirmed();
  const [making, setMaking] = useState(false);
  const make = useApiMutation<{ readonly recoveryCodes: readonly string[] }>(
    () => ({ path: '/me/recovery-codes', method: 'POST' }),
    { invalidates: ['/me'] },
  );
  return (
    <Card
      title={text.title}
      description={text.text}
      actions={<Button onClick={() => setMaking(true)}>{text.make}</Button>}
    >
      <Badge tone={left <= FEW ? 'warning' : 'neutral'} dot>
        {text.left(left)}
      </Badge>
      {making && (
        <ConfirmDialog
          open
          onOpenChange={setMaking}
          title={text.makeTitle}
          confirmLabel={text.make}
          tone="primary"
          onConfirm={confirmed(async () => {
            const { recoveryCodes } = await make.mutateAsync();
            onCodes(recoveryCodes);
          })}
        >
          {text.makeText}
        </ConfirmDialog>
      )}
    </Card>
  );
}
