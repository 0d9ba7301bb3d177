'use client';
/** What a rule would have refused in the last seven days, before it is made; and at what was looked. */
import type { DryRun } from '@tollgate/api';
import { Button, Callout, TimeStamp } from '@tollgate/ui';
import { FlaskConical } from 'lucide-react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useLimitText } from './use-limit-text.ts';

export interface DryRunPanelProps {
  readonly path: '/rate-limits/dry-run' | '/budgets/dry-run';
  /** The rule as it stands in the form; undefined: not whole yet. */
  readonly readRule: () => object | undefined;
}

export function DryRunPanel({ path, readRule }: DryRunPanelProps) {
  const text = useMessages('checks').dryRun;
  const toText = useProblemText();
  const allowed = usePermission('usage:read');
  const run = useApiMutation<DryRun, object>((json) => ({ path, json }), { showsError: true });
  if (!allowed) return null;
  return (
    <div className="flex flex-col gap-2">
      <Button
        size="sm"
        className="self-start"
        icon={<FlaskConical />}
        loading={run.isPending}
        onClick={() => {
          const rule = readRule();
          if (rule !== undefined) run.mutate(rule);
        }}
      >
        {run.data === undefined ? text.action : text.again}
      </Button>
      {run.error && <Callout tone="negative">{toText(run.error)}</Callout>}
      <div aria-live="polite">{run.data && <Outcome found={run.data} />}</div>
    </div>
  );
}

function Outcome({ found }: { readonly found: DryRun }) {
  const text = useMessages('checks').dryRun;
  const { number } = useLimitText();
  const { lookedAt, requests, refused } = found;
  const sentence =
    requests === 0
      ? text.none
      : refused === 0
        ? text.fine(number(requests))
        : text.text(number(refused), number(requests));
  return (
    <Callout tone={refused === 0 ? 'info' : 'warning'}>
      <p className="tabular font-medium">{sentence}</p>
      {found.values.length > 1 && (
        <p className="tabular">
          {text.worst}{' '}
          {found.values
            .slice(0, 3)
            .map(({ value, name, refused: count }) => `${name ?? value} (${number(count)})`)
            .join(', ')}
        </p>
      )}
      <p className="tabular text-xs text-ink-faint">
        {text.lookedAt[lookedAt.source](number(lookedAt.rows))},{' '}
        {lookedAt.complete ? text.whole : <TimeStamp value={found.from} format="exact" />}
      </p>
    </Callout>
  );
}
