'use client';
/** Exports that are made after every month. */
import { Badge, Button, Card, Input, Select, toast } from '@tollgate/ui';
import { useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idempotencyKeyOf, useRenewableKey } from '../common/request-safety.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type ExportSchedule, JOB_FORMATS, type JobFormat } from './exports-api.ts';

export function ExportSchedules() {
  const text = useMessages('dataExports');
  const mayWrite = usePermission('billing:write');
  const schedules = useApiList<ExportSchedule>('/export-schedules');
  return (
    <Card title={text.schedules} description={text.schedulesText} flush>
      <ul className="border-t border-line">
        {schedules.rows.map((schedule) => (
          <li
            key={schedule.id}
            className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 text-sm last:border-b-0"
          >
            <span className="flex-1 font-medium">{schedule.name}</span>
            <Badge tone="outline">{text.formats[schedule.format]}</Badge>
            {mayWrite && <RemoveButton schedule={schedule} />}
          </li>
        ))}
        {schedules.rows.length === 0 && !schedules.isLoading && (
          <li className="px-4 py-3 text-sm text-ink-soft">{text.noSchedules}</li>
        )}
      </ul>
      {mayWrite && <AddSchedule />}
    </Card>
  );
}

function RemoveButton({ schedule }: { readonly schedule: ExportSchedule }) {
  const text = useMessages('dataExports');
  const toText = useProblemText();
  const remove = useApiMutation<void>(
    () => ({ path: `/export-schedules/${schedule.id}`, method: 'DELETE' }),
    {
      invalidates: ['/export-schedules'],
      onSuccess: () => void toast.success(text.removed),
      onError: (error) => void toast.error(toText(error)),
    },
  );
  return (
    <Button size="sm" variant="ghost" loading={remove.isPending} onClick={() => remove.mutate()}>
      {text.remove}
    </Button>
  );
}

function AddSchedule() {
  const text = useMessages('dataExports');
  const toText = useProblemText();
  const [name, setName] = useState('');
  const [format, setFormat] = useState<JobFormat>('focus-csv');
  const [formKey, renewFormKey] = useRenewableKey();
  const add = useApiMutation<ExportSchedule>(
    () => {
      const json = { name, format };
      return { path: '/export-schedules', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    {
      invalidates: ['/export-schedules'],
      onSuccess: () => {
        setName('');
        renewFormKey();
        toast.success(text.scheduled);
      },
      onError: (error) => void toast.error(toText(error)),
    },
  );
  return (
    <form
      className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Input
        className="max-w-64"
        aria-label={text.scheduleName}
        placeholder={text.scheduleName}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      <span className="w-56 max-w-full">
        <Select
          aria-label={text.format}
          value={format}
          onValueChange={setFormat}
          options={JOB_FORMATS.map((value) => ({ value, label: text.formats[value] }))}
        />
      </span>
      <Button type="submit" disabled={name.trim() === ''} loading={add.isPending}>
        {text.schedule}
      </Button>
    </form>
  );
}
