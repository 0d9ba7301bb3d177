'use client';
/** Every group of the question, page by page, the dearest first. Nothing is compared: who was there before may be on no page. */
import type { UsageRow } from '@tollgate/api';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { compareGroups, sumByGroup, type UsageFigures } from './usage-figures.ts';
import { UsageTable } from './usage-table.tsx';
import type { UsageQuestion } from './use-usage-question.ts';

export interface AllGroupsTableProps {
  readonly question: UsageQuestion;
  /** What all groups sum to, also those of pages that were not read. */
  readonly total: UsageFigures;
  readonly unpriced: ReadonlySet<string>;
}

export function AllGroupsTable({ question, total, unpriced }: AllGroupsTableProps) {
  const text = useMessages('usage');
  const list = useApiList<UsageRow>(question.listPath);
  const listProps = useListProps();
  const groups = useMemo(
    () => compareGroups(sumByGroup(list.rows, question.groups, text.none), undefined),
    [list.data, question.groups, text],
  );
  return (
    <UsageTable
      question={question}
      groups={groups}
      compared={false}
      unpriced={unpriced}
      paging={listProps(list)}
      wholeTotal={total}
    />
  );
}
