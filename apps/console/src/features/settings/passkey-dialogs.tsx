'use client';
/** Names a passkey before the browser makes it, and names it anew. */
import { useQueryClient } from '@tanstack/react-query';
import type { AccountSecurity } from '@tollgate/api';
import { Callout, Field, Input, toast } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { ApiError } from '../../api/api-error.ts';
import { apiQueryKey } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { type AddedPasskey, addPasskey } from '../auth/passkey-api.ts';
import { usePasskeyText } from '../auth/use-passkey-text.ts';
import { FormDialog } from '../common/form-dialog.tsx';
import { findReadableAgent } from './user-agent.ts';

interface NameValues {
  name: string;
}

export interface AddPasskeyDialogProps {
  readonly onAdded: (recoveryCodes: readonly string[] | null) => void;
  readonly onClose: () => void;
}

export function AddPasskeyDialog({ onAdded, onClose }: AddPasskeyDialogProps) {
  const text = useMessages('security').passkeys;
  const sessions = useMessages('settings').sessions;
  const toText = usePasskeyText();
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const agent = findReadableAgent(navigator.userAgent);
  const suggested =
    agent === undefined
      ? ''
      : agent.system === undefined
        ? agent.browser
        : sessions.on(agent.browser, agent.system);
  const form = useForm<NameValues>({ defaultValues: { name: suggested } });
  const submit = async ({ name }: NameValues): Promise<AddedPasskey | undefined> => {
    setProblem(undefined);
    try {
      const added = await addPasskey(name);
      await client.invalidateQueries({ queryKey: apiQueryKey('/me') });
      return added;
    } catch (error) {
      // Fields go to their places; what the browser refused stands above them.
      if (error instanceof ApiError && error.errors.length > 0) throw error;
      setProblem(toText(error));
      return undefined;
    }
  };
  return (
    <FormDialog
      title={text.addTitle}
      description={text.addText}
      size="sm"
      form={form}
      fields={['name']}
      submitLabel={text.continue}
      onSubmit={submit}
      onDone={(added) => {
        if (added === undefined) return;
        if (added.recoveryCodes === null) toast.success(text.addedToast(form.getValues('name')));
        onClose();
        onAdded(added.recoveryCodes);
      }}
      onClose={onClose}
    >
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      <NameField form={form} />
    </FormDialog>
  );
}

export interface RenamePasskeyDialogProps {
  readonly passkey: AccountSecurity['passkeys'][number];
  readonly onClose: () => void;
}

export function RenamePasskeyDialog({ passkey, onClose }: RenamePasskeyDialogProps) {
  const text = useMessages('security').passkeys;
  const common = useMessages('common');
  const form = useForm<NameValues>({ defaultValues: { name: passkey.name } });
  const rename = useApiMutation<unknown, NameValues>(
    (json) => ({ path: `/me/passkeys/${passkey.id}`, method: 'PATCH', json }),
    { invalidates: ['/me'] },
  );
  return (
    <FormDialog
      title={text.renameTitle}
      size="sm"
      form={form}
      fields={['name']}
      submitLabel={common.save}
      onSubmit={(values) => rename.mutateAsync(values)}
      onClose={onClose}
    >
      <NameField form={form} />
    </FormDialog>
  );
}

function NameField({ form }: { readonly form: ReturnType<typeof useForm<NameValues>> }) {
  const text = useMessages('security').passkeys;
  const common = useMessages('common');
  const parts = useMessages('parts');
  return (
    <Field label={common.name} hint={text.nameHint} error={form.formState.errors.name?.message} required>
      <Input
        autoFocus
        autoComplete="off"
        maxLength={60}
        {...form.register('name', { required: parts.required })}
      />
    </Field>
  );
}
