'use client';
/** The showback statement of one team and cost centre, to hand on to those who used it. */
import { DropdownMenu, IconButton, toast } from '@tollgate/ui';
import { Download } from 'lucide-react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';
import type { LineGroup } from './group-lines.ts';

export interface PartDocumentsProps {
  readonly statementId: string;
  readonly group: Pick<LineGroup, 'teamId' | 'costCenter'>;
  readonly name: string;
}

export function PartDocuments({ statementId, group: { teamId, costCenter }, name }: PartDocumentsProps) {
  const text = useMessages('invoices');
  const toText = useProblemText();
  const download = (kind: 'pdf' | 'csv') =>
    // Not `withQuery`: an empty team is one of the parts, not a filter that is left out.
    downloadFromApi(
      `/invoices/${statementId}/${kind}?${new URLSearchParams({ teamId, costCenter }).toString()}`,
      `showback.${kind}`,
    ).catch((error: unknown) => toast.error(toText(error)));
  return (
    <DropdownMenu
      trigger={
        <IconButton label={text.partDocuments(name)} size="sm" tooltip={false}>
          <Download />
        </IconButton>
      }
      entries={(['pdf', 'csv'] as const).map((kind) => ({
        label: text[kind],
        onSelect: () => void download(kind),
      }))}
    />
  );
}
