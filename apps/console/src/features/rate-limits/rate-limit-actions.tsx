'use client';
import type { RateLimit } from '@tollgate/api';
import { Button } from '@tollgate/ui';
import { Pencil, Trash2 } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { later } from '../common/later.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { useDeleteRateLimit } from './rate-limit-api.ts';

const EditRateLimitDialog = later(async () => (await import('./rate-limit-dialog.tsx')).EditRateLimitDialog);

export interface OpenedLimit {
  readonly action: 'edit' | 'delete';
  readonly rule: RateLimit;
}

export interface RateLimitMenuProps {
  readonly rule: RateLimit;
  readonly onChoose: (opened: OpenedLimit) => void;
}

/** The same as the menu, side by side, where there is room. */
export function RateLimitButtons({ rule, onChoose }: RateLimitMenuProps) {
  const text = useMessages('rateLimits').actions;
  return (
    <div className="flex flex-wrap gap-2">
      <Button size="sm" icon={<Pencil />} onClick={() => onChoose({ action: 'edit', rule })}>
        {text.edit}
      </Button>
      <Button
        size="sm"
        variant="dangerGhost"
        icon={<Trash2 />}
        onClick={() => onChoose({ action: 'delete', rule })}
      >
        {text.delete}
      </Button>
    </div>
  );
}

export function RateLimitMenu({ rule, onChoose }: RateLimitMenuProps) {
  const text = useMessages('rateLimits').actions;
  const { rateRule } = useLimitText();
  return (
    <RowMenu
      of={rateRule(rule)}
      entries={[
        { label: text.edit, icon: <Pencil />, onSelect: () => onChoose({ action: 'edit', rule }) },
        {
          label: text.delete,
          icon: <Trash2 />,
          tone: 'danger',
          onSelect: () => onChoose({ action: 'delete', rule }),
        },
      ]}
    />
  );
}

export interface RateLimitActionDialogProps {
  readonly opened: OpenedLimit;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

export function RateLimitActionDialog({ opened, onClose, onDeleted }: RateLimitActionDialogProps) {
  const { action, rule } = opened;
  const text = useMessages('rateLimits').actions;
  const { rateRule, scopeLabel } = useLimitText();
  const remove = useDeleteRateLimit();
  if (action === 'edit') return <EditRateLimitDialog rule={rule} onClose={onClose} />;
  return (
    <ConfirmAction
      title={text.deleteTitle}
      confirmLabel={text.delete}
      run={() => remove.mutateAsync(rule)}
      done={text.deleted}
      onDone={onDeleted}
      onClose={onClose}
    >
      {text.deleteText(rateRule(rule), scopeLabel(rule))}
    </ConfirmAction>
  );
}
