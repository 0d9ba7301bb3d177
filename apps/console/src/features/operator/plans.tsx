'use client';
/** What organizations can take: offered and archived. */
import type { OperatorPlan as Plan } from '@tollgate/api';
import { Button, Checkbox, type ColumnDef, Money, StatusBadge, TokenCount, toast } from '@tollgate/ui';
import { Archive, ArchiveRestore, Pencil, Plus, SquareStack } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ListSection } from '../common/list-section.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { idOf } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { PLANS_PATH, STALE_AFTER_PLAN_CHANGE } from './operator-api.ts';
import { PlanDialog } from './plan-dialog.tsx';

type Opened = { readonly kind: 'create' } | { readonly kind: 'edit' | 'archive'; readonly plan: Plan };

export function Plans() {
  const text = useMessages('operator').plans;
  const url = useUrlState();
  const plans = useApiQuery<{ readonly data: readonly Plan[] }>(PLANS_PATH);
  const [opened, setOpened] = useState<Opened>();
  const columns = useColumns(setOpened);
  const showArchived = url.get('archived') === '1';
  const all = plans.data?.data ?? [];
  const rows = useMemo(() => all.filter(({ archived }) => showArchived || !archived), [all, showArchived]);
  const create = (
    <Button icon={<Plus />} onClick={() => setOpened({ kind: 'create' })}>
      {text.create}
    </Button>
  );
  const close = () => setOpened(undefined);
  return (
    <ListSection
      text={text.text}
      actions={create}
      caption={text.text}
      columns={columns}
      rows={rows}
      getRowId={idOf}
      list={plans}
      toolbar={
        all.some(({ archived }) => archived) && (
          <Checkbox
            label={text.showArchived}
            checked={showArchived}
            onCheckedChange={(checked) => url.set({ archived: checked ? '1' : undefined })}
          />
        )
      }
      empty={{ icon: <SquareStack />, title: text.emptyTitle, text: text.emptyText }}
    >
      {opened?.kind === 'create' && <PlanDialog onClose={close} />}
      {opened?.kind === 'edit' && <PlanDialog plan={opened.plan} onClose={close} />}
      {opened?.kind === 'archive' && <ArchivePlan plan={opened.plan} onClose={close} />}
    </ListSection>
  );
}

function useColumns(open: (opened: Opened) => void): ColumnDef<Plan>[] {
  const text = useMessages('operator').plans;
  const common = useMessages('common');
  return useMemo<ColumnDef<Plan>[]>(() => {
    const amount = (id: string, header: string, read: (plan: Plan) => string, wideOnly = true) => ({
      id,
      header,
      accessorFn: (plan: Plan) => Number(read(plan)),
      meta: { align: 'right' as const, wideOnly },
      cell: ({ row }: { row: { original: Plan } }) => <Money value={read(row.original)} precision="cents" />,
    });
    return [
      {
        id: 'name',
        header: text.name,
        accessorKey: 'name',
        cell: ({ row: { original } }) => <span className="font-medium wrap-anywhere">{original.name}</span>,
      },
      amount('fee', text.monthlyFee, ({ monthlyFeeUsd }) => monthlyFeeUsd, false),
      amount('seat', text.seatFee, ({ seatFeeUsd }) => seatFeeUsd),
      {
        id: 'seats',
        header: text.includedSeats,
        accessorKey: 'includedSeats',
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.includedSeats} />,
      },
      amount('usage', text.includedUsage, ({ includedUsageUsd }) => includedUsageUsd),
      {
        id: 'state',
        header: common.status,
        accessorFn: ({ archived }) => (archived ? 1 : 0),
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => (
          <StatusBadge
            status={original.archived ? 'expired' : 'active'}
            label={original.archived ? text.archived : text.offered}
          />
        ),
      },
      actionsColumn((row) => <PlanMenu plan={row} open={open} />, 'narrow'),
    ];
  }, [text, common, open]);
}

function PlanMenu({ plan, open }: { readonly plan: Plan; readonly open: (opened: Opened) => void }) {
  const text = useMessages('operator').plans;
  const toText = useProblemText();
  const offer = useArchive(plan);
  const offerAgain = async () => {
    try {
      await offer.mutateAsync(false);
      toast.success(text.isOffered(plan.name));
    } catch (error) {
      toast.error(toText(error));
    }
  };
  return (
    <RowMenu
      label={text.menu(plan.name)}
      entries={[
        { label: text.edit, icon: <Pencil />, onSelect: () => open({ kind: 'edit', plan }) },
        plan.archived
          ? { label: text.offer, icon: <ArchiveRestore />, onSelect: () => void offerAgain() }
          : { label: text.archive, icon: <Archive />, onSelect: () => open({ kind: 'archive', plan }) },
      ]}
    />
  );
}

function useArchive({ id, version }: Plan) {
  return useApiMutation<Plan, boolean>(
    (archived) => ({
      path: `${PLANS_PATH}/${encodeURIComponent(id)}`,
      method: 'PATCH',
      json: { archived },
      ifMatch: `"${version}"`,
    }),
    { invalidates: STALE_AFTER_PLAN_CHANGE },
  );
}

function ArchivePlan({ plan, onClose }: { readonly plan: Plan; readonly onClose: () => void }) {
  const text = useMessages('operator').plans;
  const archive = useArchive(plan);
  return (
    <ConfirmAction
      title={text.archiveTitle(plan.name)}
      confirmLabel={text.archive}
      run={() => archive.mutateAsync(true)}
      done={text.isArchived(plan.name)}
      onClose={onClose}
    >
      {text.archiveText}
    </ConfirmAction>
  );
}
