'use client';
/** What the operator does with a credential that it resells. Before it is gone, it is said who would miss it. */
import type { ProviderCredential, ResoldTraffic } from '@tollgate/api';
import { formatNumber, Money, Spinner, toast } from '@tollgate/ui';
import { KeyRound, Pencil, Power, Trash2, Zap } from 'lucide-react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import { useChangeCredential, useDeleteCredential } from '../providers/provider-api.ts';
import { RESOLD_PATH } from './operator-api.ts';

const CredentialDialog = later(
  async () => (await import('../providers/credential-dialog.tsx')).CredentialDialog,
);
const KeyDialog = later(async () => (await import('../providers/key-dialog.tsx')).KeyDialog);
const TestDialog = later(async () => (await import('../providers/test-dialog.tsx')).TestDialog);

export type OpenedResale =
  | { readonly kind: 'add' }
  | {
      readonly kind: 'edit' | 'key' | 'test' | 'disable' | 'delete';
      readonly credential: ProviderCredential;
    };

export interface ResaleDialogProps {
  readonly opened: OpenedResale;
  readonly open: (opened: OpenedResale | undefined) => void;
}

export function ResaleDialog({ opened, open }: ResaleDialogProps) {
  const close = () => open(undefined);
  const test = (credential: ProviderCredential) => open({ kind: 'test', credential });
  switch (opened.kind) {
    case 'add':
      return <CredentialDialog onClose={close} onSaved={test} />;
    case 'edit':
      return <CredentialDialog credential={opened.credential} onClose={close} onSaved={test} />;
    case 'key':
      return <KeyDialog credential={opened.credential} onClose={close} onSaved={test} />;
    case 'test':
      return <TestDialog key={opened.credential.id} credential={opened.credential} onClose={close} />;
    case 'disable':
      return <SwitchOff credential={opened.credential} onClose={close} />;
    case 'delete':
      return <DeleteResold credential={opened.credential} onClose={close} />;
  }
}

interface QuestionProps {
  readonly credential: ProviderCredential;
  readonly onClose: () => void;
}

function SwitchOff({ credential, onClose }: QuestionProps) {
  const text = useMessages('operator').resale;
  const providers = useMessages('providers');
  const change = useChangeCredential();
  return (
    <ConfirmAction
      title={text.disableTitle(credential.name)}
      confirmLabel={providers.disable}
      tone="danger"
      run={() => change.mutateAsync({ credential, json: { disabled: true } })}
      done={providers.isDisabled(credential.name)}
      onClose={onClose}
    >
      <Traffic credential={credential} />
      <p>{text.disableText}</p>
    </ConfirmAction>
  );
}

function DeleteResold({ credential, onClose }: QuestionProps) {
  const text = useMessages('operator').resale;
  const providers = useMessages('providers');
  const remove = useDeleteCredential();
  return (
    <ConfirmAction
      title={providers.deleteTitle(credential.name)}
      confirmLabel={useMessages('common').delete}
      confirmName={credential.name}
      run={() => remove.mutateAsync(credential)}
      done={providers.deleted(credential.name)}
      onClose={onClose}
    >
      <Traffic credential={credential} />
      <p>{text.deleteText}</p>
    </ConfirmAction>
  );
}

/** Of the last day, of everybody together. */
function Traffic({ credential }: Pick<QuestionProps, 'credential'>) {
  const text = useMessages('operator').resale;
  const locale = useLocale();
  const { data, isError } = useApiQuery<ResoldTraffic>(`${RESOLD_PATH}/${credential.id}/traffic`, {
    staleTime: 0,
  });
  if (isError) return <p>{text.trafficUnknown}</p>;
  if (data === undefined) return <Spinner />;
  if (data.attempts === 0) return <p>{text.noTraffic}</p>;
  return (
    <p className="font-medium text-ink">
      {text.lastDay(data.organizations, data.attempts, formatNumber(data.attempts, locale))}{' '}
      <Money value={data.chargeUsd} />
    </p>
  );
}

export function ResaleMenu({
  credential,
  open,
}: Pick<QuestionProps, 'credential'> & Pick<ResaleDialogProps, 'open'>) {
  const text = useMessages('providers');
  const common = useMessages('common');
  const toText = useProblemText();
  const change = useChangeCredential();
  const isDisabled = credential.disabledAt !== null;
  const enable = () =>
    change.mutate(
      { credential, json: { disabled: false } },
      {
        onSuccess: () => void toast.success(text.isEnabled(credential.name)),
        onError: (error) => void toast.error(toText(error)),
      },
    );
  return (
    <RowMenu
      of={credential.name}
      loading={change.isPending}
      entries={[
        { label: common.edit, icon: <Pencil />, onSelect: () => open({ kind: 'edit', credential }) },
        { label: text.newKey, icon: <KeyRound />, onSelect: () => open({ kind: 'key', credential }) },
        { label: text.runTest, icon: <Zap />, onSelect: () => open({ kind: 'test', credential }) },
        {
          label: isDisabled ? text.enable : text.disable,
          icon: <Power />,
          onSelect: isDisabled ? enable : () => open({ kind: 'disable', credential }),
        },
        { kind: 'separator' },
        {
          label: common.delete,
          icon: <Trash2 />,
          tone: 'danger',
          onSelect: () => open({ kind: 'delete', credential }),
        },
      ]}
    />
  );
}
