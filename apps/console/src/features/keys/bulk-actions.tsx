'use client';
/** The same change of many keys: what will happen first, what became of each afterwards. */
import type { BulkKeyResult, Key } from '@tollgate/api';
import { Button, toast } from '@tollgate/ui';
import { Ban, CalendarClock, RefreshCw, UserPen, Users, WalletMinimal } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
// Not later: it shows secrets once, which must not depend on a script that may fail to come.
import { BulkResultDialog } from './bulk-result-dialog.tsx';

const BulkBudgetDialog = later(async () => (await import('./bulk-dialogs.tsx')).BulkBudgetDialog);
const BulkExpiryDialog = later(async () => (await import('./bulk-dialogs.tsx')).BulkExpiryDialog);
const BulkRotateDialog = later(async () => (await import('./bulk-dialogs.tsx')).BulkRotateDialog);
const BulkOwnerDialog = later(async () => (await import('./bulk-place-dialogs.tsx')).BulkOwnerDialog);
const BulkTeamDialog = later(async () => (await import('./bulk-place-dialogs.tsx')).BulkTeamDialog);
const BulkRevokeDialog = later(async () => (await import('./bulk-revoke-dialog.tsx')).BulkRevokeDialog);

const MAX = 50;
type Opened = (typeof ACTIONS)[number]['kind'];

const ACTIONS = [
  { kind: 'expire', icon: <CalendarClock /> },
  { kind: 'budget', icon: <WalletMinimal /> },
  { kind: 'rotate', icon: <RefreshCw /> },
  { kind: 'owner', icon: <UserPen /> },
  { kind: 'team', icon: <Users /> },
  { kind: 'revoke', icon: <Ban /> },
] as const;

export interface BulkActionsProps {
  readonly keys: readonly Key[];
  readonly onDone: () => void;
}

export function BulkActions({ keys, onDone }: BulkActionsProps) {
  const text = useMessages('hygiene').bulk;
  const [opened, setOpened] = useState<Opened>();
  const [results, setResults] = useState<readonly BulkKeyResult[]>();
  const close = () => setOpened(undefined);
  const done = (found: readonly BulkKeyResult[]) => {
    close();
    const failed = found.filter(({ ok }) => !ok).length;
    if (failed === 0) toast.success(text.done(found.length));
    // Secrets and refusals are looked at; the rest is said in a word. The selection goes when they were.
    if (failed > 0 || found.some(({ secret }) => secret !== null)) setResults(found);
    else onDone();
  };
  const props = { keys, onClose: close, onDone: done };
  return (
    <>
      {ACTIONS.map(({ kind, icon }) => (
        <Button
          key={kind}
          size="sm"
          icon={icon}
          variant={kind === 'revoke' ? 'dangerGhost' : 'secondary'}
          disabled={keys.length > MAX}
          onClick={() => setOpened(kind)}
        >
          {text[kind]}
        </Button>
      ))}
      {keys.length > MAX && <span className="text-xs text-ink-soft">{text.tooMany(MAX)}</span>}
      {opened === 'expire' && <BulkExpiryDialog {...props} />}
      {opened === 'budget' && <BulkBudgetDialog {...props} />}
      {opened === 'rotate' && <BulkRotateDialog {...props} />}
      {opened === 'owner' && <BulkOwnerDialog {...props} />}
      {opened === 'team' && <BulkTeamDialog {...props} />}
      {opened === 'revoke' && <BulkRevokeDialog {...props} />}
      {results && (
        <BulkResultDialog
          keys={keys}
          results={results}
          onClose={() => {
            setResults(undefined);
            onDone();
          }}
        />
      )}
    </>
  );
}
