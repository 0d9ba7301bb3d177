'use client';
import type { Key, KeyWithSecret } from '@tollgate/api';
import { Field, Select } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useIdempotencyKey } from '../common/request-safety.ts';

export const OVERLAP_SECONDS = {
  none: 0,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
} as const;
export type Overlap = keyof typeof OVERLAP_SECONDS;

export interface RotateKeyDialogProps {
  readonly subject: Key;
  readonly onClose: () => void;
  readonly onRotated: (rotated: KeyWithSecret) => void;
}

/** A day of overlap by default: enough to roll a new secret out without haste. */
export function RotateKeyDialog({ subject, onClose, onRotated }: RotateKeyDialogProps) {
  const text = useMessages('keys').rotate;
  const form = useForm<{ overlap: Overlap }>({ defaultValues: { overlap: 'day' } });
  const idempotencyKey = useIdempotencyKey();
  const rotate = useApiMutation<KeyWithSecret, Overlap>(
    (overlap) => ({
      path: `/keys/${subject.id}/rotate`,
      json: { overlapSeconds: OVERLAP_SECONDS[overlap] },
      idempotencyKey: `${idempotencyKey}-${overlap}`,
    }),
    { invalidates: ['/keys'] },
  );
  return (
    <FormDialog
      form={form}
      fields={['overlap']}
      title={text.title}
      description={text.text}
      submitLabel={text.submit}
      onSubmit={async ({ overlap }) => onRotated(await rotate.mutateAsync(overlap))}
      onClose={onClose}
    >
      <Field label={text.overlap} error={form.formState.errors.overlap?.message}>
        <Controller
          control={form.control}
          name="overlap"
          render={({ field }) => (
            <Select<Overlap>
              options={(Object.keys(OVERLAP_SECONDS) as Overlap[]).map((value) => ({
                value,
                label: text.overlaps[value],
              }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}
