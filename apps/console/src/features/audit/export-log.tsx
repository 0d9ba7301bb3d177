'use client';
/** Takes the sealed log along: to verify it elsewhere, or to read it in a spreadsheet. */
import { Button, DropdownMenu, toast } from '@tollgate/ui';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export function ExportLog() {
  const text = useMessages('audit');
  const toText = useProblemText();
  const allowed = usePermission('audit:read');
  const [loading, setLoading] = useState(false);
  if (!allowed) return null;
  const download = async (format: 'jsonl' | 'csv') => {
    setLoading(true);
    try {
      await downloadFromApi(withQuery('/audit-events/export', { format }), `audit-log.${format}`);
    } catch (error) {
      toast.error(toText(error));
    } finally {
      setLoading(false);
    }
  };
  return (
    <DropdownMenu
      trigger={
        <Button icon={<FileDown />} loading={loading}>
          {text.exportLog}
        </Button>
      }
      entries={[
        { label: text.exportJsonl, onSelect: () => void download('jsonl') },
        { label: text.exportCsv, onSelect: () => void download('csv') },
      ]}
    />
  );
}
