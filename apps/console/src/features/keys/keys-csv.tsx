'use client';
/** A list of keys as a file: as it is filtered and sorted, all pages of it. */
import { Button, toast } from '@tollgate/ui';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';

export interface KeysCsvProps {
  /** Of the list: `/keys` with its question. */
  readonly path: string;
}

export function KeysCsv({ path }: KeysCsvProps) {
  const text = useMessages('keys');
  const toText = useProblemText();
  const [loading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    const [, query = ''] = path.split('?');
    const question = new URLSearchParams(query);
    question.delete('limit');
    try {
      await downloadFromApi(`/keys/csv?${question}`, 'keys.csv');
    } catch (error) {
      toast.error(toText(error));
    } finally {
      setLoading(false);
    }
  };
  return (
    <Button icon={<FileDown />} loading={loading} onClick={() => void download()}>
      {text.csv}
    </Button>
  );
}
