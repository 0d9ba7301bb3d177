'use client';
/** A list as a file: every row that its filters leave, not only those that are loaded. */
import type { Me } from '@tollgate/api';
import { Button, toast } from '@tollgate/ui';
import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { readRows } from '../../api/read-rows.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { type CsvCell, toCsv } from './csv.ts';
import { saveBlob } from './download.ts';

const MAX_ROWS = 10_000;

export interface ListCsvProps<T> {
  /** Without it there is nothing to save; left out where nobody else sees the page. */
  readonly permission?: Me['permissions'][number];
  /** Of the list, without `limit` and `cursor`. */
  readonly path: string;
  /** Without its ending. */
  readonly name: string;
  /** Head of each column, as the API names it, and its value. */
  readonly columns: Readonly<Record<string, (row: T) => CsvCell>>;
  /** Of a list that is filtered where it is shown: the rows that its filters leave. */
  readonly toShown?: (rows: readonly T[]) => readonly T[];
  /** How many the API gives at once, where that is fewer than of other lists. */
  readonly pageRows?: number;
}

export function ListCsv<T>({ permission, path, name, columns, toShown, pageRows }: ListCsvProps<T>) {
  const allowed = usePermission(permission);
  const common = useMessages('common');
  const save = useSaveRows();
  const [loading, setLoading] = useState(false);
  const run = async () => {
    setLoading(true);
    const toFile = (rows: readonly T[]) =>
      toCsv(
        Object.keys(columns),
        rows.map((row) => Object.values(columns).map((toCell) => toCell(row))),
      );
    await save<T>(path, name, toFile, toShown, pageRows);
    setLoading(false);
  };
  if (!allowed) return null;
  return (
    <Button icon={<FileDown />} loading={loading} onClick={() => void run()}>
      {common.exportCsv}
    </Button>
  );
}

type SaveRows = <T>(
  path: string,
  name: string,
  toFile: (rows: readonly T[]) => string,
  toShown?: (rows: readonly T[]) => readonly T[],
  pageRows?: number,
) => Promise<void>;

/** @returns Reads a list and saves it as a file; tells how much of it there is, and what was refused. */
export function useSaveRows(): SaveRows {
  const parts = useMessages('parts');
  const toText = useProblemText();
  return async (path, name, toFile, toShown = (rows) => rows, pageRows) => {
    try {
      const { rows: read, hasMore } = await readRows<Parameters<typeof toFile>[0][number]>(
        path,
        MAX_ROWS,
        pageRows,
      );
      const rows = toShown(read);
      saveBlob(new Blob([toFile(rows)], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
      if (hasMore) toast.info(parts.csvPart(rows.length));
      else toast.success(parts.csvDone(rows.length));
    } catch (error) {
      toast.error(toText(error));
    }
  };
}
