'use client';
/** A bucket and the access to it. The secret is sent once and never shown. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { ExportDestination } from '@tollgate/api';
import { Checkbox, Field, Input, PasswordInput } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { DESTINATIONS_PATH } from './exports-api.ts';

interface Values {
  name: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  pathStyle: boolean;
  accessKeyId: string;
  secretAccessKey: string;
}

const FIELDS = [
  'name',
  'endpoint',
  'region',
  'bucket',
  'prefix',
  'pathStyle',
  'accessKeyId',
  'secretAccessKey',
] as const;

export interface DestinationDialogProps {
  /** Undefined: a new one. */
  readonly before: ExportDestination | undefined;
  readonly onClose: () => void;
}

export function DestinationDialog({ before: opened, onClose }: DestinationDialogProps) {
  const text = useMessages('dataExports').destination;
  const [before, setBefore] = useOpened(opened);
  const form = useDestinationForm(before);
  const newer = useNewerThing({
    form,
    opened: [before, setBefore],
    toValues,
    toSigns,
    path: `${DESTINATIONS_PATH}/${before?.id}`,
  });
  const formKey = useIdempotencyKey();
  const { errors } = form.formState;
  const save = useApiMutation<ExportDestination, Values>(
    (values) => {
      const { secretAccessKey, ...plain } = values;
      if (before === undefined) {
        // Without the secret: what names the request is kept, and told to nobody's log.
        return { path: DESTINATIONS_PATH, json: values, idempotencyKey: idempotencyKeyOf(formKey, plain) };
      }
      const json = secretAccessKey === '' ? plain : values;
      const path = `${DESTINATIONS_PATH}/${before.id}`;
      return { path, method: 'PATCH', json, ifMatch: `"${before.version}"` };
    },
    { invalidates: [DESTINATIONS_PATH] },
  );
  const secretHint = before === undefined ? undefined : text.secretHint;
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      size="lg"
      title={before === undefined ? text.add : text.editTitle(before.name)}
      description={text.addText}
      submitLabel={text.submit}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={
        newer && {
          newer,
          labels: text,
          valueText: (name, { accessKeyId }) =>
            name === 'secretAccessKey' ? text.secretPerhapsAnother(accessKeyId) : undefined,
        }
      }
      done={text.saved}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.name} required error={errors.name?.message}>
          <Input autoFocus maxLength={100} autoComplete="off" {...form.register('name')} />
        </Field>
        <Field label={text.region} required error={errors.region?.message}>
          <Input
            autoComplete="off"
            spellCheck={false}
            placeholder="eu-central-1"
            {...form.register('region')}
          />
        </Field>
        <Field label={text.bucket} required error={errors.bucket?.message}>
          <Input autoComplete="off" spellCheck={false} {...form.register('bucket')} />
        </Field>
        <Field label={text.prefix} hint={text.prefixHint} optional error={errors.prefix?.message}>
          <Input autoComplete="off" spellCheck={false} {...form.register('prefix')} />
        </Field>
        <Field
          label={text.endpoint}
          hint={text.endpointHint}
          optional
          error={errors.endpoint?.message}
          className="sm:col-span-2"
        >
          <Input autoComplete="off" spellCheck={false} {...form.register('endpoint')} />
        </Field>
        <div className="sm:col-span-2">
          <Controller
            control={form.control}
            name="pathStyle"
            render={({ field }) => (
              <Checkbox
                label={text.pathStyle}
                description={text.pathStyleText}
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
        </div>
        <Field label={text.accessKeyId} required error={errors.accessKeyId?.message}>
          <Input
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            {...form.register('accessKeyId')}
          />
        </Field>
        <Field
          label={text.secretAccessKey}
          hint={secretHint}
          required={before === undefined}
          error={errors.secretAccessKey?.message}
        >
          <PasswordInput autoComplete="new-password" {...form.register('secretAccessKey')} />
        </Field>
      </div>
    </FormDialog>
  );
}

function useDestinationForm(before: ExportDestination | undefined) {
  const { required } = useMessages('parts');
  const schema = z.custom<Values>().superRefine((values, context) => {
    const needed: (keyof Values)[] = ['name', 'region', 'bucket', 'accessKeyId'];
    if (before === undefined) needed.push('secretAccessKey');
    for (const field of needed) {
      if (String(values[field]).trim() === '') {
        context.addIssue({ code: 'custom', path: [field], message: required });
      }
    }
  });
  return useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: toValues(before),
  });
}

/** The secret is never shown: it is empty whatever is stored. */
function toValues(before: ExportDestination | undefined): Values {
  return {
    name: before?.name ?? '',
    endpoint: before?.endpoint ?? '',
    region: before?.region ?? '',
    bucket: before?.bucket ?? '',
    prefix: before?.prefix ?? '',
    pathStyle: before?.pathStyle ?? false,
    accessKeyId: before?.accessKeyId ?? '',
    secretAccessKey: '',
  };
}

/** Nothing is shown of the secret, so that any change may have brought another one, or another access key that it is for. */
const toSigns = (before: ExportDestination | undefined) => ({ secretAccessKey: before?.version });
