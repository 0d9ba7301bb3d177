'use client';
/** Asks for a file of usage: its format, its days, whose. */
import type { DataExport } from '@tollgate/api';
import { Button, Dialog, Field, Input, Select, toast } from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idempotencyKeyOf, useRenewableKey } from '../common/request-safety.ts';
import { ExportFilterFields, type ExportFilters, NO_FILTERS, toFilterBody } from './export-filters.tsx';
import { JOB_FORMATS, type JobFormat } from './exports-api.ts';

const DAY_MS = 86_400_000;

export function NewExportDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('dataExports');
  const common = useMessages('common');
  const toText = useProblemText();
  const [format, setFormat] = useState<JobFormat>('csv');
  const [from, setFrom] = useState(() => `${new Date().toISOString().slice(0, 7)}-01`);
  const [to, setTo] = useState(() => new Date().toISOString().slice(0, 10));
  const [filters, setFilters] = useState<ExportFilters>(NO_FILTERS);
  const [formKey, renewFormKey] = useRenewableKey();
  const create = useApiMutation<DataExport>(
    () => {
      const json = {
        format,
        from: `${from}T00:00:00Z`,
        to: new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS).toISOString(),
        ...toFilterBody(filters),
      };
      return { path: '/exports', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    {
      invalidates: ['/exports'],
      onSuccess: () => {
        toast.success(text.created);
        onClose();
        renewFormKey();
      },
      onError: (error) => void toast.error(toText(error)),
    },
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={text.create}
      description={text.createText}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button
            variant="primary"
            loading={create.isPending}
            disabled={from > to || from === '' || to === ''}
            onClick={() => create.mutate()}
          >
            {text.export}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.from}>
          <Input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Field label={text.to} hint={text.toHint}>
          <Input type="date" value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
        <Field label={text.format}>
          <Select
            value={format}
            onValueChange={setFormat}
            options={JOB_FORMATS.map((value) => ({ value, label: text.formats[value] }))}
          />
        </Field>
        <ExportFilterFields filters={filters} onChange={setFilters} />
      </div>
    </Dialog>
  );
}
