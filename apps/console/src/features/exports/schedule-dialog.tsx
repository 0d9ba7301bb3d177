'use client';
/** A new schedule: what, how often, in which format, and where to. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { ExportDestination, ExportSchedule } from '@tollgate/api';
import { Field, Input, Select } from '@tollgate/ui';
import { type Control, Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  DESTINATIONS_PATH,
  JOB_FORMATS,
  SCHEDULE_INTERVALS,
  SCHEDULE_KINDS,
  SCHEDULES_PATH,
} from './exports-api.ts';

const KEPT_HERE = 'here';
const Values = z.object({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(SCHEDULE_KINDS),
  every: z.enum(SCHEDULE_INTERVALS),
  format: z.enum(JOB_FORMATS),
  destinationId: z.string(),
  traffic: z.enum(['live', 'test']),
});
type Values = z.output<typeof Values>;

export function ScheduleDialog({ onClose }: { readonly onClose: () => void }) {
  const exportsText = useMessages('dataExports');
  const text = exportsText.schedule;
  const { required } = useMessages('parts');
  const destinations = useApiList<ExportDestination>(DESTINATIONS_PATH).rows;
  const mayReadInvoices = usePermission('invoices:read');
  const formKey = useIdempotencyKey();
  const form = useForm<Values>({
    resolver: zodResolver(Values),
    defaultValues: {
      name: '',
      kind: 'usage',
      every: 'day',
      format: 'jsonl',
      destinationId: KEPT_HERE,
      traffic: 'live',
    },
  });
  const add = useApiMutation<ExportSchedule, Values>(
    ({ traffic, destinationId, ...values }) => {
      const json = {
        ...values,
        livemode: traffic === 'live',
        destinationId: destinationId === KEPT_HERE ? null : destinationId,
      };
      return { path: SCHEDULES_PATH, json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: [SCHEDULES_PATH] },
  );
  const { errors } = form.formState;
  const isInvoice = form.watch('kind') === 'invoice';
  return (
    <FormDialog
      form={form}
      fields={['name', 'kind', 'every', 'format', 'destinationId']}
      title={text.add}
      description={text.addText}
      submitLabel={text.state}
      onSubmit={(values) => add.mutateAsync({ ...values, every: isInvoice ? 'month' : values.every })}
      done={text.added}
      onClose={onClose}
    >
      <Field label={text.name} required error={errors.name && required}>
        <Input autoFocus maxLength={100} autoComplete="off" {...form.register('name')} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.kind}>
          <Choice
            control={form.control}
            name="kind"
            options={SCHEDULE_KINDS.filter((kind) => kind === 'usage' || mayReadInvoices).map((value) => ({
              value,
              label: text.kinds[value],
            }))}
          />
        </Field>
        {!isInvoice && (
          <Field label={text.every}>
            <Choice
              control={form.control}
              name="every"
              options={SCHEDULE_INTERVALS.map((value) => ({ value, label: text.intervals[value] }))}
            />
          </Field>
        )}
        <Field label={exportsText.format}>
          <Choice
            control={form.control}
            name="format"
            options={JOB_FORMATS.map((value) => ({ value, label: exportsText.formats[value] }))}
          />
        </Field>
        <Field label={text.traffic}>
          <Choice
            control={form.control}
            name="traffic"
            options={(['live', 'test'] as const).map((value) => ({ value, label: text[value] }))}
          />
        </Field>
      </div>
      <Field label={text.destination} error={errors.destinationId?.message}>
        <Choice
          control={form.control}
          name="destinationId"
          options={[
            { value: KEPT_HERE, label: text.keptHere },
            ...destinations.map(({ id, name, bucket }) => ({ value: id, label: name, hint: bucket })),
          ]}
        />
      </Field>
    </FormDialog>
  );
}

interface ChoiceProps {
  readonly control: Control<Values>;
  readonly name: Exclude<keyof Values, 'name'>;
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
  /** Given by the field around it. */
  readonly id?: string;
}

function Choice({ control, name, options, ...rest }: ChoiceProps) {
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Select {...rest} value={field.value} onValueChange={field.onChange} options={[...options]} />
      )}
    />
  );
}
