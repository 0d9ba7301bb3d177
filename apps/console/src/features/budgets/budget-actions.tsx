'use client';
/** What can be done with a budget: a menu for lists, and the dialogs that it opens. */
import type { Budget, BudgetValue } from '@tollgate/api';
import { Button, type MenuEntry } from '@tollgate/ui';
import { Archive, Pause, Pencil, Play, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { useArchiveBudget, usePauseBudget, useResetBudget } from './budget-api.ts';

const EditBudgetDialog = later(async () => (await import('./budget-dialog.tsx')).EditBudgetDialog);

export type BudgetAction = 'edit' | 'pause' | 'resume' | 'reset' | 'archive';

export interface OpenedAction {
  readonly action: BudgetAction;
  readonly budget: Budget;
  /** Of a budget that is one per value: reset this one alone. */
  readonly value?: BudgetValue;
}

export interface BudgetMenuProps {
  readonly budget: Budget;
  readonly onChoose: (opened: OpenedAction) => void;
}

export function BudgetMenu({ budget, onChoose }: BudgetMenuProps) {
  const text = useMessages('budgets').actions;
  const { budgetName } = useLimitText();
  const entry = (action: BudgetAction, icon: ReactNode, tone?: 'danger'): MenuEntry => ({
    label: text[action],
    icon,
    ...(tone && { tone }),
    onSelect: () => onChoose({ action, budget }),
  });
  return (
    <RowMenu
      of={budgetName(budget)}
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
  opened: { action, budget, value },
  onClose,
  onArchived,
}: BudgetActionDialogProps) {
  const text = useMessages('budgets').actions;
  const { budgetName, money } = useLimitText();
  const pause = usePauseBudget();
  const reset = useResetBudget();
  const archive = useArchiveBudget();
  const name = budgetName(budget);
  const resetName = value === undefined ? name : `${name}: ${value.name ?? value.value}`;
  switch (action) {
    case 'edit':
      return <EditBudgetDialog budget={budget} onClose={onClose} />;
    case 'pause':
      return (
        <ConfirmAction
          title={text.pauseTitle(name)}
          confirmLabel={text.pause}
          run={() => pause.mutateAsync({ budget, paused: true })}
          done={text.paused(name)}
          onClose={onClose}
        >
          {text.pauseText}
        </ConfirmAction>
      );
    case 'resume':
      return (
        <ConfirmAction
          tone="primary"
          title={text.resume}
          confirmLabel={text.resume}
          run={() => pause.mutateAsync({ budget, paused: false })}
          done={text.resumed(name)}
          onClose={onClose}
        >
          {text.resumed(name)}.
        </ConfirmAction>
      );
    case 'reset':
      return (
        <ConfirmAction
          title={text.resetTitle(resetName)}
          confirmLabel={text.reset}
          run={() => reset.mutateAsync({ budget, scopeValue: value?.value })}
          done={text.resetDone(resetName)}
          onClose={onClose}
        >
          {value === undefined && isEach(budget)
            ? text.resetEachText(budget.valueCount)
            : text.resetText(money((value ?? budget).spentUsd))}
        </ConfirmAction>
      );
    case 'archive':
      return (
        <ConfirmAction
          title={text.archiveTitle(name)}
          confirmLabel={text.archive}
          confirmName={name}
          run={() => archive.mutateAsync(budget)}
          done={text.archived(name)}
          onDone={onArchived}
          onClose={onClose}
        >
          {text.archiveText}
        </ConfirmAction>
      );
  }
}
