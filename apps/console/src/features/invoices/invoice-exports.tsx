'use client';
/** Invoices and notes as data: their lines, an invoice's ledger entries, FOCUS for cost tools. */
import type { CreditNoteListItem as CreditNote, Invoice } from '@tollgate/api';
import { Button, DropdownMenu, type MenuEntry, toast } from '@tollgate/ui';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';

const INVOICE_CHOICES = [
  { view: 'focus', format: 'csv' },
  { view: 'focus', format: 'parquet' },
  { view: 'lines', format: 'jsonl' },
  { view: 'lines', format: 'parquet' },
  { view: 'entries', format: 'csv' },
  { view: 'entries', format: 'jsonl' },
  { view: 'entries', format: 'parquet' },
] as const;
const NOTE_CHOICES = [
  { view: 'lines', format: 'csv' },
  { view: 'lines', format: 'jsonl' },
  { view: 'lines', format: 'parquet' },
  { view: 'focus', format: 'csv' },
  { view: 'focus', format: 'parquet' },
] as const;

interface Choice {
  readonly label: string;
  readonly path: string;
  readonly fileName: string;
}

export function InvoiceExports({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('dataExports');
  return (
    <ExportMenu
      choices={INVOICE_CHOICES.map(({ view, format }) => ({
        label: `${text.invoice[view]} · ${text.formats[format]}`,
        path: withQuery(`/invoices/${invoice.id}/export`, { view, format }),
        fileName: `${invoice.number ?? 'draft'}-${view}.${format}`,
      }))}
    />
  );
}

export function NoteExports({ note }: { readonly note: CreditNote }) {
  const text = useMessages('dataExports');
  return (
    <ExportMenu
      choices={NOTE_CHOICES.map(({ view, format }) => ({
        label: `${text.invoice[view]} · ${text.formats[format]}`,
        path: withQuery(`/credit-notes/${note.id}/export`, { view, format }),
        fileName: `${note.number ?? 'draft'}-${view}.${format}`,
      }))}
    />
  );
}

export function NoteDocument({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  const { loading, download } = useDownload();
  const path = `/credit-notes/${note.id}/pdf`;
  return (
    <Button
      icon={<FileDown />}
      loading={loading}
      onClick={() => void download(path, `${note.number ?? 'draft'}.pdf`)}
    >
      {text.pdf}
    </Button>
  );
}

function ExportMenu({ choices }: { readonly choices: readonly Choice[] }) {
  const text = useMessages('dataExports');
  const { loading, download } = useDownload();
  const entries: MenuEntry[] = choices.map(({ label, path, fileName }) => ({
    label,
    onSelect: () => void download(path, fileName),
  }));
  return (
    <DropdownMenu
      trigger={
        <Button icon={<FileDown />} loading={loading}>
          {text.otherFormats}
        </Button>
      }
      entries={entries}
    />
  );
}

function useDownload() {
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
  return { loading, download };
}
