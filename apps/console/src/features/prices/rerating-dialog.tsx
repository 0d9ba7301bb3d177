'use client';
/** Asks for a period to be rated again; nothing is written yet. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { Rerating } from '@tollgate/api';
import { Field, Input, Switch } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { toInstant, useBeginRerating, useIsOperator } from './price-api.ts';

export interface ReratingStart {
  readonly provider?: string;
  readonly model?: string;
  /** ISO 8601. */
  readonly from?: string;
  readonly resoldToo?: boolean;
}

interface Values {
  from: string;
  to: string;
  provider: string;
  model: string;
  reason: string;
  resoldToo: boolean;
}

const FIELDS = ['from', 'to', 'provider', 'model', 'reason'] as const;

export function ReratingDialog({
  start,
  onClose,
  onBegun,
}: {
  readonly start: ReratingStart;
  readonly onClose: () => void;
  readonly onBegun: (rerating: Rerating) => void;
}) {
  const prices = useMessages('prices');
  const text = prices.rerating;
  const { required } = useMessages('parts');
  const isOperator = useIsOperator();
  const begin = useBeginRerating();
  const schema = z.custom<Values>().superRefine((values, context) => {
    const refuse = (path: keyof Values) =>
      context.addIssue({ code: 'custom', path: [path], message: required });
    if (toInstant(values.from) === undefined) refuse('from');
    if (values.reason.trim() === '') refuse('reason');
  });
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      from: toField(start.from ?? startOfMonth()),
      to: '',
      provider: start.provider ?? '',
      model: start.model ?? '',
      reason: '',
      resoldToo: start.resoldToo ?? false,
    },
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      size="lg"
      title={text.begin}
      description={text.text}
      submitLabel={text.submit}
      onSubmit={({ resoldToo, ...values }) => begin.mutateAsync({ resoldToo, json: toBody(values) })}
      onDone={onBegun}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.from} required error={errors.from?.message}>
          <Input type="datetime-local" {...form.register('from')} />
        </Field>
        <Field label={text.to} hint={text.toHint} error={errors.to?.message}>
          <Input type="datetime-local" {...form.register('to')} />
        </Field>
        <Field label={prices.provider} error={errors.provider?.message}>
          <Input autoComplete="off" spellCheck={false} {...form.register('provider')} />
        </Field>
        <Field label={prices.model} hint={text.modelHint} error={errors.model?.message}>
          <Input autoComplete="off" spellCheck={false} {...form.register('model')} />
        </Field>
      </div>
      <Field label={text.reason} required hint={text.reasonHint} error={errors.reason?.message}>
        <Input autoComplete="off" {...form.register('reason')} />
      </Field>
      {isOperator && (
        <Controller
          control={form.control}
          name="resoldToo"
          render={({ field }) => (
            <Switch
              label={text.resoldToo}
              description={text.resoldTooHint}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      )}
    </FormDialog>
  );
}

function toBody(values: Omit<Values, 'resoldToo'>): object {
  const to = toInstant(values.to);
  return {
    from: toInstant(values.from) ?? values.from,
    ...(to === undefined ? {} : { to }),
    ...(values.provider.trim() === '' ? {} : { provider: values.provider.trim() }),
    ...(values.model.trim() === '' ? {} : { model: values.model.trim() }),
    reason: values.reason.trim(),
  };
}

function startOfMonth(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), 1).toISOString();
}

/** What a `datetime-local` field takes: local, to the minute, without a zone. */
function toField(iso: string): string {
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
