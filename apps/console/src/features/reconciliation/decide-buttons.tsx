'use client';
/** What can be decided about some differences; each is asked about, with room for why. */
import type { BillDifference as Difference } from '@tollgate/api';
import { Button, type ButtonProps, Field, Input } from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { canDecide } from './reconciliation-api.ts';

type Decision = 'accept' | 'book' | 'reopen';

export interface DecideButtonsProps {
  readonly path: string;
  /** Of the bill whose differences these are. */
  readonly comparedAt: string;
  readonly rows: readonly Difference[];
  readonly size?: ButtonProps['size'];
  readonly onDone?: () => void;
}

export function DecideButtons({ path, comparedAt, rows, size = 'sm', onDone }: DecideButtonsProps) {
  const text = useMessages('reconciliation');
  const [asked, setAsked] = useState<Decision>();
  const concerned: Readonly<Record<Decision, readonly Difference[]>> = {
    accept: rows.filter(({ state }) => state === 'open'),
    book: rows.filter(canDecide),
    reopen: rows.filter(({ state }) => state === 'accepted'),
  };
  return (
    <>
      {(['accept', 'book', 'reopen'] as const).map(
        (decision) =>
          concerned[decision].length > 0 && (
            <Button key={decision} size={size} onClick={() => setAsked(decision)}>
              {text.decisions[decision].label}
            </Button>
          ),
      )}
      {asked && (
        <DecideDialog
          path={path}
          comparedAt={comparedAt}
          decision={asked}
          rows={concerned[asked]}
          onDone={onDone}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

interface DecideDialogProps extends Pick<DecideButtonsProps, 'path' | 'comparedAt' | 'rows'> {
  readonly decision: Decision;
  readonly onDone: (() => void) | undefined;
  readonly onClose: () => void;
}

function DecideDialog({ path, comparedAt, decision, rows, onDone, onClose }: DecideDialogProps) {
  const text = useMessages('reconciliation');
  const words = text.decisions[decision];
  const [only, ...others] = rows;
  const [note, setNote] = useState(others.length === 0 ? (only?.note ?? '') : '');
  const [isTyped, setIsTyped] = useState(false);
  const decide = useApiMutation<{ decided: number }>(
    () => ({
      path: `${path}/decide`,
      method: 'POST',
      json: {
        decision,
        comparedAt,
        positions: rows.map(({ position }) => position),
        // Notes of earlier decisions stay where none was written.
        ...(isTyped && { note }),
      },
    }),
    // The question tells its own refusal.
    { invalidates: ['/reconciliations', '/month-close'] },
  );
  return (
    <ConfirmAction
      title={words.title(rows.length)}
      confirmLabel={words.label}
      tone="primary"
      run={() => decide.mutateAsync()}
      done={({ decided }) => words.done(decided)}
      onDone={onDone && (() => onDone())}
      onClose={onClose}
    >
      <p>{words.text}</p>
      <div className="mt-3">
        <Field label={text.note} optional>
          <Input
            value={note}
            maxLength={500}
            onChange={(event) => {
              setNote(event.target.value);
              setIsTyped(true);
            }}
          />
        </Field>
      </div>
    </ConfirmAction>
  );
}
