'use client';
/** What can be done with a budget: a menu for lists, and the dialogs that it opens. */
import type { Budget } from '@tollgate/api';
import { Button, ConfirmDialog, DropdownMenu, IconButton, type MenuEntry, toast } from '@tollgate/ui';
import { Archive, Ellipsis, Pause, Pencil, Play, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { useConfirmed } from '../common/use-confirmed.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { useArchiveBudget, usePauseBudget, useResetBudget } from './budget-api.ts';

const EditBudgetDialog = later(async () => (await import('./budget-dialog.tsx')).EditBudgetDialog);

export type BudgetAction = 'edit' | 'pause' | 'resume' | 'reset' | 'archive';

export interface OpenedAction {
  readonly action: BudgetAction;
  readonly budget: Budget;
}

export interface BudgetMenuProps {
  readonly budget: Budget;
  readonly onChoose: (opened: OpenedAction) => void;
}

export function BudgetMenu({ budget, onChoose }: BudgetMenuProps) {
  const text = useMessages('budgets').actions;
  const parts = useMessages('parts');
  const { budgetName } = useLimitText();
  const entry = (action: BudgetAction, icon: ReactNode, tone?: 'danger'): MenuEntry => ({
    label: text[action],
    icon,
    ...(tone && { tone }),
    onSelect: () => onChoose({ action, budget }),
  });
  return (
    <DropdownMenu
      trigger={
        <IconButton label={`${parts.more}: ${budgetName(budget)}`} size="sm" tooltip={false}>
          <Ellipsis />
        </IconButton>
      }
      entries={[
        entry('edit', <Pencil />),
        budget.state === 'paused' ? entry('resume', <Play />) : entry('pause', <Pause />),
        entry('reset', <RotateCcw />),
        entry('archive', <Archive />, 'danger'),
      ]}
    />
  );
}

/** The same, side by side, where there is room. */
export function BudgetButtons({ budget, onChoose }: BudgetMenuProps) {
  const text = useMessages('budgets').actions;
  const button = (action: BudgetAction, icon: ReactNode) => (
    <Button
      size="sm"
      icon={icon}
      variant={action === 'archive' ? 'dangerGhost' : 'secondary'}
      onClick={() => onChoose({ action, budget })}
    >
      {text[action]}
    </Button>
  );
  return (
    <div className="flex flex-wrap gap-2">
      {button('edit', <Pencil />)}
      {budget.state === 'paused' ? button('resume', <Play />) : button('pause', <Pause />)}
      {button('reset', <RotateCcw />)}
      {button('archive', <Archive />)}
    </div>
  );
}

export interface BudgetActionDialogProps {
  readonly opened: OpenedAction;
  readonly onClose: () => void;
  readonly onArchived?: () => void;
}

export function BudgetActionDialog({
  opened: { action, budget },
  onClose,
  onArchived,
}: BudgetActionDialogProps) {
  const text = useMessages('budgets').actions;
  const { budgetName, money } = useLimitText();
  const confirmed = useConfirmed();
  const pause = usePauseBudget();
  const reset = useResetBudget();
  const archive = useArchiveBudget();
  const name = budgetName(budget);
  const shared = {
    open: true,
    onOpenChange: (open: boolean) => {
      if (!open) onClose();
    },
  };
  switch (action) {
    case 'edit':
      return <EditBudgetDialog budget={budget} onClose={onClose} />;
    case 'pause':
      return (
        <ConfirmDialog
          {...shared}
          title={text.pauseTitle(name)}
          confirmLabel={text.pause}
          onConfirm={confirmed(async () => {
            await pause.mutateAsync({ budget, paused: true });
            toast.success(text.paused(name));
          })}
        >
          {text.pauseText}
        </ConfirmDialog>
      );
    case 'resume':
      return (
        <ConfirmDialog
          {...shared}
          tone="primary"
          title={text.resume}
          confirmLabel={text.resume}
          onConfirm={confirmed(async () => {
            await pause.mutateAsync({ budget, paused: false });
            toast.success(text.resumed(name));
          })}
        >
          {text.resumed(name)}.
        </ConfirmDialog>
      );
    case 'reset':
      return (
        <ConfirmDialog
          {...shared}
          title={text.resetTitle(name)}
          confirmLabel={text.reset}
          onConfirm={confirmed(async () => {
            await reset.mutateAsync(budget);
            toast.success(text.resetDone(name));
          })}
        >
          {text.resetText(money(budget.spentUsd))}
        </ConfirmDialog>
      );
    case 'archive':
      return (
        <ConfirmDialog
          {...shared}
          title={text.archiveTitle(name)}
          confirmLabel={text.archive}
          confirmName={name}
          onConfirm={confirmed(async () => {
            await archive.mutateAsync(budget);
            toast.success(text.archived(name));
            onArchived?.();
          })}
        >
          {text.archiveText}
        </ConfirmDialog>
      );
  }
}
