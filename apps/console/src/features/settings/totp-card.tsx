'use client';
/** The authenticator app: whether codes of one are asked for, and turning that on and off. */
import { Badge, Button, Card, TimeStamp } from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { TotpDialog } from './totp-dialog.tsx';

export interface TotpCardProps {
  readonly since: string | null;
  /** Recovery codes that came with it. */
  readonly onCodes: (codes: readonly string[] | null) => void;
}

export function TotpCard({ since, onCodes }: TotpCardProps) {
  const text = useMessages('security').totp;
  const [settingUp, setSettingUp] = useState(false);
  const [turningOff, setTurningOff] = useState(false);
  return (
    <Card
      title={text.title}
      description={text.text}
      actions={
        since === null ? (
          <Button onClick={() => setSettingUp(true)}>{text.setUp}</Button>
        ) : (
          <Button variant="dangerGhost" onClick={() => setTurningOff(true)}>
            {text.turnOff}
          </Button>
        )
      }
    >
      <p className="flex flex-wrap items-center gap-2 text-sm text-ink-soft">
        <Badge tone={since === null ? 'neutral' : 'positive'} dot>
          {since === null ? text.off : text.on}
        </Badge>
        {since !== null && (
          <span>
            {text.since} <TimeStamp value={since} />
          </span>
        )}
      </p>
      {settingUp && <TotpDialog onConfirmed={onCodes} onClose={() => setSettingUp(false)} />}
      {turningOff && <TurnOff onClose={() => setTurningOff(false)} />}
    </Card>
  );
}

function TurnOff({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('security').totp;
  const remove = useApiMutation<void>(() => ({ path: '/me/totp', method: 'DELETE' }), {
    invalidates: ['/me'],
  });
  return (
    <ConfirmAction
      title={text.turnOffTitle}
      confirmLabel={text.turnOff}
      run={() => remove.mutateAsync()}
      done={text.turnedOff}
      onClose={onClose}
    >
      {text.turnOffText}
    </ConfirmAction>
  );
}
