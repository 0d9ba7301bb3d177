'use client';
/** The invoice as data: its lines, its ledger entries, FOCUS for cost tools. */
import type { Invoice } from '@tollgate/api';
import { Button, DropdownMenu, type MenuEntry, toast } from '@tollgate/ui';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';

const CHOICES = [
  { view: 'focus', format: 'csv' },
  { view: 'focus', format: 'parquet' },
  { view: 'lines', format: 'jsonl' },
  { view: 'lines', format: 'parquet' },
  { view: 'entries', format: 'csv' },
  { view: 'entries', format: 'jsonl' },
  { view: 'entries', format: 'parquet' },
] as const;

export function InvoiceExports({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('dataExports');
  const toText = useProblemText();
  const [loading, setLoading] = useState(false);
  const download = async (path: string, fileName: string) => {
    setLoading(true);
    try {
      await downloadFromApi(path, fileName);
    } catch (error) {
      toast.error(toText(error));
    } finally {
      setLoading(false);
    }
  };
  const entries: MenuEntry[] = CHOICES.map(({ view, format }) => ({
    label: `${text.invoice[view]} · ${text.formats[format]}`,
    onSelect: () =>
      void download(
        withQuery(`/invoices/${invoice.id}/export`, { view, format }),
        `${invoice.number ?? 'draft'}-${view}.${format}`,
      ),
  }));
  return (
    <DropdownMenu
      trigger={
        <Button icon={<FileDown />} loading={loading}>
          {text.export}
        </Button>
      }
      entries={entries}
    />
  );
}
