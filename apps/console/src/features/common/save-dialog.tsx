'use client';
/** Saves what is shown under a name, or renames and shares what is saved. */
import { zodResolver } from '@hookform/resolvers/zod';
import { Checkbox, Field, Input } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from './form-dialog.tsx';
import { useNewerThing, useOpened } from './newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from './request-safety.ts';
import { type SavedPath, type SavedThing, usePatchSaved } from './saved-things.ts';

interface SavedText {
  readonly save: string;
  readonly saveText: string;
  readonly rename: string;
  readonly share: string;
  readonly shareText: string;
}

const Values = z.object({ name: z.string().trim().min(1).max(100), shared: z.boolean(), flag: z.boolean() });
type Values = z.output<typeof Values>;

interface SaveDialogProps {
  readonly path: SavedPath;
  readonly text: SavedText;
  readonly question: object;
  /** Undefined: a new one. */
  readonly thing: SavedThing | undefined;
  /** A second box, for what somebody wants of it for themselves. */
  readonly flag: OwnFlag | undefined;
  readonly onClose: () => void;
  readonly onSaved: (thing: SavedThing) => void;
}

interface OwnFlag {
  readonly field: string;
  readonly label: string;
  readonly description: string;
  readonly value: boolean;
}

export function SaveDialog({ path, text, question, flag, thing: opened, onClose, onSaved }: SaveDialogProps) {
  const common = useMessages('common');
  const parts = useMessages('parts');
  const formKey = useIdempotencyKey();
  const patch = usePatchSaved<SavedThing>(path);
  const create = useApiMutation<SavedThing, object>(
    (values) => {
      const json = { ...values, question };
      return { path, method: 'POST', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: [path] },
  );
  const [thing, setThing] = useOpened(opened);
  // One's own mark is nobody else's to change.
  const toValues = (of: SavedThing | undefined): Values => ({
    name: of?.name ?? '',
    shared: of?.shared ?? false,
    flag: flag?.value ?? false,
  });
  const form = useForm<Values>({
    resolver: zodResolver(Values),
    defaultValues: toValues(thing),
  });
  const newer = useNewerThing<SavedThing, Values>({
    form,
    opened: [thing, setThing],
    toValues,
    path,
    isThis: ({ id }) => id === thing?.id,
  });
  const { errors } = form.formState;
  const box = (name: 'shared' | 'flag', label: string, description: string) => (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <Checkbox
          label={label}
          description={description}
          checked={field.value}
          onCheckedChange={field.onChange}
        />
      )}
    />
  );
  return (
    <FormDialog
      form={form}
      fields={['name', 'shared', 'flag']}
      title={thing === undefined ? text.save : text.rename}
      description={thing === undefined ? text.saveText : undefined}
      submitLabel={common.save}
      onClose={onClose}
      meanwhile={newer && { newer, labels: { name: common.name, shared: text.share } }}
      onSubmit={async ({ flag: wanted, ...plain }) => {
        const change = flag === undefined ? plain : { ...plain, [flag.field]: wanted };
        onSaved(
          thing === undefined ? await create.mutateAsync(change) : await patch.mutateAsync({ thing, change }),
        );
      }}
    >
      <Field label={common.name} required error={errors.name && parts.required}>
        <Input autoFocus maxLength={100} {...form.register('name')} />
      </Field>
      {box('shared', text.share, text.shareText)}
      {flag && box('flag', flag.label, flag.description)}
    </FormDialog>
  );
}
