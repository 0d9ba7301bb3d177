'use client';
/** Creates an admin token and shows it, this once. */
import {
  Button,
  Callout,
  Checkbox,
  Dialog,
  Field,
  Input,
  RadioGroup,
  SecretReveal,
  Select,
} from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useWarnedClose } from '../common/use-warned-close.ts';
import { useMe } from '../shell/use-me.ts';

const DAY_MS = 86_400_000;
const EXPIRIES = ['30', '90', '365', 'never'] as const;

interface TokenValues {
  name: string;
  preset: string;
  permissions: readonly string[];
  expiry: string;
}

interface CreatedToken {
  readonly secret: string;
}

export function AdminTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [secret, setSecret] = useState<string>();
  return secret === undefined ? (
    <CreateForm onClose={onClose} onCreated={setSecret} />
  ) : (
    <TokenShown secret={secret} onClose={onClose} />
  );
}

interface CreateFormProps {
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

function CreateForm({ onClose, onCreated }: CreateFormProps) {
  const text = useMessages('settings').tokens;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const own = useMe().data?.permissions ?? [];
  const formKey = useIdempotencyKey();
  // Expiry counts from the opening: the same form sent again must be the same request.
  const [openedAtMs] = useState(Date.now);
  const form = useForm<TokenValues>({
    defaultValues: { name: '', preset: 'read', permissions: [], expiry: '90' },
  });
  const { errors } = form.formState;
  const [preset, expiry] = useWatch({ control: form.control, name: ['preset', 'expiry'] });
  const create = useApiMutation<CreatedToken, TokenValues>(
    (values) => {
      const json = {
        name: values.name,
        permissions: permissionsOf(values, own),
        expiresAt:
          values.expiry === 'never'
            ? null
            : new Date(openedAtMs + Number(values.expiry) * DAY_MS).toISOString(),
      };
      return { path: '/admin-tokens', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: ['/admin-tokens'] },
  );
  return (
    <FormDialog
      title={text.createTitle}
      description={text.createText}
      form={form}
      fields={['name', 'permissions', 'expiry']}
      submitLabel={text.create}
      onSubmit={(values) => create.mutateAsync(values)}
      onDone={({ secret }) => onCreated(secret)}
      onClose={onClose}
    >
      <Field label={common.name} error={errors.name?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          placeholder={text.namePlaceholder}
          {...form.register('name', { required: parts.required })}
        />
      </Field>
      <Field label={text.preset}>
        <Controller
          control={form.control}
          name="preset"
          render={({ field }) => (
            <RadioGroup
              value={field.value}
              onValueChange={field.onChange}
              options={[
                { value: 'read', label: text.presetRead, description: text.presetReadText },
                { value: 'all', label: text.presetAll, description: text.presetAllText },
                { value: 'custom', label: text.presetCustom, description: text.presetCustomText },
              ]}
            />
          )}
        />
      </Field>
      {preset === 'custom' && (
        <Field label={parts.permissions} error={errors.permissions?.message}>
          <Controller
            control={form.control}
            name="permissions"
            rules={{ validate: (chosen) => chosen.length > 0 || text.noPermission }}
            render={({ field }) => <PermissionList own={own} value={field.value} onChange={field.onChange} />}
          />
        </Field>
      )}
      <Field label={text.expires} error={errors.expiry?.message} hint={expiry === 'never' && text.neverHint}>
        <Controller
          control={form.control}
          name="expiry"
          render={({ field }) => (
            <Select
              value={field.value}
              onValueChange={field.onChange}
              options={EXPIRIES.map((value) => ({ value: value as string, label: text.expiry[value] }))}
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}

function permissionsOf({ preset, permissions }: TokenValues, own: readonly string[]): readonly string[] {
  if (preset === 'custom') return permissions;
  return preset === 'read' ? own.filter((permission) => permission.endsWith(':read')) : own;
}

interface PermissionListProps {
  readonly own: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

function PermissionList({ own, value, onChange }: PermissionListProps) {
  const members = useMessages('members');
  const areas: Readonly<Record<string, string>> = members.areas;
  const actions: Readonly<Record<string, string>> = members.actions;
  return (
    <div className="grid max-h-64 gap-x-4 gap-y-2 overflow-y-auto rounded-md border border-line p-3 sm:grid-cols-2">
      {own.map((permission) => {
        const [area = '', action = ''] = permission.split(':');
        return (
          <Checkbox
            key={permission}
            label={`${areas[area] ?? area}: ${actions[action] ?? action}`}
            checked={value.includes(permission)}
            onCheckedChange={(checked) =>
              onChange(checked ? [...value, permission] : value.filter((one) => one !== permission))
            }
          />
        );
      })}
    </div>
  );
}

function TokenShown({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const text = useMessages('settings').tokens;
  const common = useMessages('common');
  const [copied, setCopied] = useState(false);
  const { warned, mayClose } = useWarnedClose(copied);
  return (
    <Dialog
      open
      onClose={onClose}
      onCloseAttempt={mayClose}
      title={text.shownTitle}
      description={text.shownText}
      footer={
        <Button
          variant={warned ? 'danger' : 'primary'}
          onClick={() => {
            if (mayClose()) onClose();
          }}
        >
          {warned ? text.closeAnyway : common.done}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <SecretReveal label={text.secretLabel} secret={secret} onCopied={() => setCopied(true)} />
        {warned && (
          <Callout tone="warning" live>
            {text.closeUncopied}
          </Callout>
        )}
      </div>
    </Dialog>
  );
}
