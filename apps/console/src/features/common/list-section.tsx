'use client';
/**
 * A list with its words above it and its buttons beside them: a tab or a part of a page. While nothing is there, the
 * buttons stand under what explains that. The whole page of a list has its PageHeader instead.
 */
import { DataTable, type DataTableProps, EmptyState } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { type ListState, useListProps } from './use-list-props.ts';

export interface ListSectionProps<T>
  extends Pick<
    DataTableProps<T>,
    | 'caption'
    | 'columns'
    | 'rows'
    | 'getRowId'
    | 'toolbar'
    | 'onRowClick'
    | 'onRowIntent'
    | 'activeRowId'
    | 'bulkActions'
    | 'columnChoice'
    | 'rememberAs'
  > {
  /** The question behind the rows: loading, refused, more to come. */
  readonly list: ListState;
  /** What the list is for. */
  readonly text: ReactNode;
  readonly actions?: ReactNode;
  /** Left out where the list is never empty; then the buttons are always beside the text. */
  readonly empty?: EmptyList;
  /** Windows that are opened out of it. */
  readonly children?: ReactNode;
}

interface EmptyList {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: ReactNode;
  /** Where it is another than the list's own. */
  readonly action?: ReactNode;
}

export function ListSection<T>(props: ListSectionProps<T>) {
  const { list, text, actions, empty, children, ...table } = props;
  const listProps = useListProps();
  return (
    <div className="flex flex-col gap-3">
      <SectionHead text={text} actions={(table.rows.length > 0 || empty === undefined) && actions} />
      <DataTable
        {...table}
        {...listProps(list)}
        empty={
          empty && (
            <EmptyState icon={empty.icon} title={empty.title} action={empty.action ?? actions}>
              {empty.text}
            </EmptyState>
          )
        }
      />
      {children}
    </div>
  );
}

/** What a part of a page is for, and its buttons beside it. */
export function SectionHead({ text, actions }: Pick<ListSectionProps<unknown>, 'text' | 'actions'>) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <p className="max-w-prose text-sm text-ink-soft">{text}</p>
      {actions}
    </div>
  );
}
