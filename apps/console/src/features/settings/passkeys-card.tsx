'use client';
/** One's passkeys: what they are called, when they were used, and adding, naming and removing them. */
import type { AccountSecurity } from '@tollgate/api';
import { Badge, Button, Card, IconButton, TimeStamp } from '@tollgate/ui';
import { Fingerprint, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePasskeySupport } from '../auth/passkey-button.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { AddPasskeyDialog, RenamePasskeyDialog } from './passkey-dialogs.tsx';

type Passkey = AccountSecurity['passkeys'][number];

export interface PasskeysCardProps {
  readonly passkeys: readonly Passkey[];
  /** Recovery codes that came with the first one. */
  readonly onCodes: (codes: readonly string[] | null) => void;
}

export function PasskeysCard({ passkeys, onCodes }: PasskeysCardProps) {
  const text = useMessages('security').passkeys;
  const supported = usePasskeySupport();
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();
  return (
    <Card
      title={text.title}
      description={text.text}
      actions={
        <Button
          icon={<Plus />}
          variant={passkeys.length === 0 ? 'primary' : 'secondary'}
          disabled={!supported}
          onClick={() => setAdding(true)}
        >
          {text.add}
        </Button>
      }
    >
      {passkeys.length === 0 ? (
        <p className="text-sm text-ink-soft">{supported ? text.empty : text.unsupported}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {passkeys.map((passkey) => (
            <PasskeyRow
              key={passkey.id}
              passkey={passkey}
              onRename={() => setRenaming(passkey)}
              onRemove={() => setRemoving(passkey)}
            />
          ))}
        </ul>
      )}
      {adding && <AddPasskeyDialog onAdded={onCodes} onClose={() => setAdding(false)} />}
      {renaming && <RenamePasskeyDialog passkey={renaming} onClose={() => setRenaming(undefined)} />}
      {removing && (
        <RemovePasskey
          passkey={removing}
          last={passkeys.length === 1}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Card>
  );
}

interface PasskeyRowProps {
  readonly passkey: Passkey;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function PasskeyRow({ passkey, onRename, onRemove }: PasskeyRowProps) {
  const text = useMessages('security').passkeys;
  const { never } = useMessages('common');
  return (
    <li className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
      <Fingerprint aria-hidden className="size-5 shrink-0 text-ink-faint" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium wrap-anywhere">{passkey.name}</span>
          {passkey.backedUp && <Badge>{text.backedUp}</Badge>}
        </span>
        <span className="text-xs text-ink-soft">
          {text.added} <TimeStamp value={passkey.createdAt} /> · {text.used}{' '}
          {passkey.lastUsedAt === null ? never : <TimeStamp value={passkey.lastUsedAt} />}
        </span>
      </span>
      <IconButton label={text.renameOf(passkey.name)} onClick={onRename}>
        <Pencil />
      </IconButton>
      <IconButton label={text.removeOf(passkey.name)} onClick={onRemove}>
        <Trash2 />
      </IconButton>
    </li>
  );
}

interface RemovePasskeyProps {
  readonly passkey: Passkey;
  readonly last: boolean;
  readonly onClose: () => void;
}

function RemovePasskey({ passkey, last, onClose }: RemovePasskeyProps) {
  const text = useMessages('security').passkeys;
  const remove = useApiMutation<void>(() => ({ path: `/me/passkeys/${passkey.id}`, method: 'DELETE' }), {
    invalidates: ['/me'],
  });
  return (
    <ConfirmAction
      title={text.removeTitle(passkey.name)}
      confirmLabel={text.remove}
      run={() => remove.mutateAsync()}
      done={text.removed(passkey.name)}
      onClose={onClose}
    >
      {last ? text.removeLastText : text.removeText}
    </ConfirmAction>
  );
}
