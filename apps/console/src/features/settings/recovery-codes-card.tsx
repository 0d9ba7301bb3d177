'use client';
/** How many recovery codes are left, and making new ones. */
import { Badge, Button, Card } from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';

const FEW = 3;

export interface RecoveryCodesCardProps {
  readonly left: number;
  readonly onCodes: (codes: readonly string[]) => void;
}

export function RecoveryCodesCard({ left, onCodes }: RecoveryCodesCardProps) {
  const text = useMessages('security').recovery;
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
        <ConfirmAction
          title={text.makeTitle}
          confirmLabel={text.make}
          tone="primary"
          run={() => make.mutateAsync()}
          onDone={({ recoveryCodes }) => onCodes(recoveryCodes)}
          onClose={() => setMaking(false)}
        >
          {text.makeText}
        </ConfirmAction>
      )}
    </Card>
  );
}
