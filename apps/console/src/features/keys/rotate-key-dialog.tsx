'use client';
import type { Key, KeyWithSecret } from '@tollgate/api';
import { Field } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useIdempotencyKey } from '../common/request-safety.ts';
import { type OverlapChoice, toOverlap } from './overlap.ts';
import { OverlapSelect } from './overlap-select.tsx';

interface EffectiveOverlap {
  readonly overlapSeconds: { readonly value: number } | null;
}

export interface RotateKeyDialogProps {
  readonly subject: Key;
  readonly onClose: () => void;
  readonly onRotated: (rotated: KeyWithSecret) => void;
}

/**
 * As the rules say by default, where they say something; else a day: without a rule the old secret would stop at once. Where
 * they cannot be read, it is to be chosen.
 */
export function RotateKeyDialog({ subject, onClose, onRotated }: RotateKeyDialogProps) {
  const text = useMessages('keys').rotate;
  const parts = useMessages('parts');
  const form = useForm<{ overlap: OverlapChoice | undefined }>({ defaultValues: { overlap: undefined } });
  const { data: rules, isLoading } = useApiQuery<EffectiveOverlap>(
    withQuery('/key-rules/effective', { teamId: subject.teamId ?? undefined }),
  );
  const chosen = form.watch('overlap');
  const usual = rules && (rules.overlapSeconds ? 'rules' : 'day');
  const idempotencyKey = useIdempotencyKey();
  const rotate = useApiMutation<KeyWithSecret, OverlapChoice>(
    (overlap) => ({
      path: `/keys/${subject.id}/rotate`,
      json: toOverlap(overlap),
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
      waiting={isLoading && chosen === undefined}
      onSubmit={async ({ overlap = usual }) => {
        if (overlap !== undefined) onRotated(await rotate.mutateAsync(overlap));
      }}
      onClose={onClose}
    >
      <Field label={text.overlap} error={form.formState.errors.overlap?.message}>
        <Controller
          control={form.control}
          name="overlap"
          rules={{ validate: (overlap) => (overlap ?? usual) !== undefined || parts.required }}
          render={({ field }) => (
            <OverlapSelect
              value={field.value ?? usual}
              onChange={field.onChange}
              rulesLabel={text.overlaps.rules}
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}
