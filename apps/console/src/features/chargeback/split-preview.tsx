'use client';
/** What the shares would have made of a month's usage, to the last pico-USD, before anything is saved. */
import type { SplitPreview } from '@tollgate/api';
import { Button, Callout, Money } from '@tollgate/ui';
import { FlaskConical } from 'lucide-react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { middleOf } from '../common/month-select.tsx';
import type { SplitShare } from './chargeback-api.ts';
import { nextMonths } from './split-form-values.ts';
import { useMonthName, usePlaceName } from './split-rules.tsx';

export interface SplitPreviewPanelProps {
  readonly keyId: string;
  /** Undefined: not a whole yet. */
  readonly readShares: () => readonly SplitShare[] | undefined;
}

/** Of the running month: months to come have no usage. */
export function SplitPreviewPanel({ keyId, readShares }: SplitPreviewPanelProps) {
  const text = useMessages('chargeback').preview;
  const toText = useProblemText();
  const nameOf = useMonthName();
  const [month = ''] = nextMonths(new Date(), 1);
  const preview = useApiMutation<SplitPreview, readonly SplitShare[]>(
    (shares) => ({ path: '/cost-splits/preview', json: { keyId, at: middleOf(month), shares } }),
    { showsError: true },
  );
  const shares = readShares();
  const found = preview.data;
  const placeName = usePlaceName(found?.parts ?? []);
  return (
    <div className="flex flex-col gap-2">
      <Button
        size="sm"
        className="self-start"
        icon={<FlaskConical />}
        disabled={keyId === '' || shares === undefined}
        loading={preview.isPending}
        onClick={() => {
          if (shares !== undefined) preview.mutate(shares);
        }}
      >
        {text.action(nameOf(month))}
      </Button>
      {preview.error && <Callout tone="negative">{toText(preview.error)}</Callout>}
      <div aria-live="polite">
        {found && (
          <Callout tone="info">
            <ul className="tabular flex flex-col gap-0.5">
              {found.parts.map((part) => (
                <li key={`${part.teamId} ${part.costCenter}`} className="flex justify-between gap-4">
                  <span className="min-w-0 wrap-anywhere">{placeName(part)}</span>
                  <Money value={part.spentUsd} />
                </li>
              ))}
              <li className="flex justify-between gap-4 border-t border-line pt-1 font-medium">
                <span>{text.sum}</span>
                <Money value={found.spentUsd} />
              </li>
            </ul>
            <p className="mt-1 text-xs text-ink-faint">{text.remainder}</p>
          </Callout>
        )}
      </div>
    </div>
  );
}
