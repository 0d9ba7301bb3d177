'use client';
/** Re-ratings: what each changes per model, and the ones that wait to be applied. */
import type { Rerating } from '@tollgate/api';
import {
  Badge,
  type BadgeTone,
  Button,
  Card,
  EmptyState,
  formatNumber,
  Money,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { Calculator } from 'lucide-react';
import { useState } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { SectionHead } from '../common/list-section.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { RERATINGS_PATH, useIsOperator, useStepRerating } from './price-api.ts';

const WATCH_MS = 1_500;
const TONE: Readonly<Record<Rerating['state'], BadgeTone>> = {
  previewing: 'info',
  previewed: 'warning',
  applying: 'info',
  applied: 'positive',
  cancelled: 'neutral',
  failed: 'negative',
};

export function Reratings({ onBegin }: { readonly onBegin: () => void }) {
  const text = useMessages('prices').rerating;
  const mayWrite = usePermission('prices:write');
  const [watching, setWatching] = useState(true);
  const list = useApiList<Rerating>(RERATINGS_PATH, { refetchIntervalMs: watching && WATCH_MS });
  const running = list.rows.some(({ state }) => state === 'previewing' || state === 'applying');
  if (list.data !== undefined && running !== watching) setWatching(running);
  const begin = mayWrite && (
    <Button variant="primary" icon={<Calculator />} onClick={onBegin}>
      {text.begin}
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <SectionHead text={text.text} actions={list.rows.length > 0 && begin} />
      {list.data !== undefined && list.rows.length === 0 && (
        <Card flush>
          <EmptyState icon={<Calculator />} title={text.emptyTitle} action={begin}>
            {text.emptyText}
          </EmptyState>
        </Card>
      )}
      {list.rows.map((rerating) => (
        <ReratingCard key={rerating.id} rerating={rerating} />
      ))}
    </div>
  );
}

function ReratingCard({ rerating }: { readonly rerating: Rerating }) {
  const text = useMessages('prices').rerating;
  const locale = useLocale();
  const { state } = rerating;
  // One that had nothing to correct was over when it had been shown.
  const wasApplied = state === 'applied' && rerating.preview.entries > 0;
  const phase = wasApplied || state === 'applying' ? rerating.applied : rerating.preview;
  const nothing = phase.entries === 0;
  const scope = [rerating.provider, rerating.model].filter((part) => part !== null).join('/');
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          {rerating.reason}
          <Badge tone={TONE[state]}>{text.stateNames[state]}</Badge>
          {scope !== '' && <Badge tone="outline">{scope}</Badge>}
        </span>
      }
      description={
        <>
          <TimeStamp value={rerating.from} format="exact" /> –{' '}
          <TimeStamp value={rerating.to} format="exact" /> ·{' '}
          {text.seen(formatNumber(rerating.attemptsSeen, locale))} · {text.by(rerating.requestedByName)}
        </>
      }
      actions={<Actions rerating={rerating} />}
    >
      {nothing && (
        <p className="text-sm text-ink-soft">
          {state === 'previewing' || state === 'applying' ? text.stateNames[state] : text.nothing}
        </p>
      )}
      {phase.lines.length > 0 && <Lines phase={phase} />}
    </Card>
  );
}

function Lines({ phase }: { readonly phase: Rerating['preview'] }) {
  const text = useMessages('prices').rerating;
  const prices = useMessages('prices');
  const locale = useLocale();
  const resold = phase.lines.some(({ credentialOwner }) => credentialOwner === 'operator');
  return (
    <div className="flex flex-col gap-2">
      <div className="overflow-x-auto" hidden={phase.entries === 0}>
        <table className="w-full text-sm">
          <thead>
            <tr className="text-left text-xs text-ink-faint [&>th]:py-1.5 [&>th]:pr-4 [&>th]:font-medium">
              <th scope="col">{prices.model}</th>
              <th scope="col" className="text-right">
                {text.entries}
              </th>
              <th scope="col" className="text-right">
                {text.oldCost}
              </th>
              <th scope="col" className="text-right">
                {text.newCost}
              </th>
              {resold && (
                <th scope="col" className="text-right">
                  {text.charge}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {phase.lines
              .filter(({ entries }) => entries > 0)
              .map((line) => (
                <tr
                  key={`${line.provider}/${line.model}/${line.credentialOwner}/${line.livemode}`}
                  className="[&>*]:border-t [&>*]:border-line [&>*]:py-1.5 [&>*]:pr-4"
                >
                  <th scope="row" className="text-left font-normal">
                    <code className="font-mono text-xs wrap-anywhere">
                      {line.provider}/{line.model}
                    </code>
                  </th>
                  <td className="tabular text-right">{formatNumber(line.entries, locale)}</td>
                  <td className="text-right">
                    <Money value={line.oldCostUsd} />
                  </td>
                  <td className="text-right font-medium">
                    <Money value={line.newCostUsd} />
                  </td>
                  {resold && (
                    <td className="text-right whitespace-nowrap text-ink-soft">
                      <Money value={line.oldChargeUsd} /> → <Money value={line.newChargeUsd} />
                    </td>
                  )}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <p className="text-xs text-ink-faint">
        {[
          phase.unknownEntries > 0 && text.unknownEntries(formatNumber(phase.unknownEntries, locale)),
          phase.unpricedEntries > 0 && text.unpricedEntries(formatNumber(phase.unpricedEntries, locale)),
        ]
          .filter((part) => part !== false)
          .join(' · ')}
      </p>
    </div>
  );
}

function Actions({ rerating }: { readonly rerating: Rerating }) {
  const text = useMessages('prices').rerating;
  const locale = useLocale();
  const mayWrite = usePermission('prices:write');
  const isOperator = useIsOperator();
  const apply = useStepRerating('apply');
  const cancel = useStepRerating('cancel');
  const [asking, setAsking] = useState(false);
  const { state } = rerating;
  const open = state === 'previewing' || state === 'previewed' || state === 'applying';
  if (!open || !mayWrite) return null;
  if (!rerating.ownCredentialsOnly && !isOperator) {
    return <span className="text-xs text-ink-faint">{text.byOperator}</span>;
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="sm"
        loading={cancel.isPending}
        onClick={() => cancel.mutate(rerating, { onSuccess: () => toast.success(text.cancelled) })}
      >
        {text.cancel}
      </Button>
      {state === 'previewed' && rerating.preview.entries > 0 && (
        <Button size="sm" variant="primary" onClick={() => setAsking(true)}>
          {text.apply}
        </Button>
      )}
      {asking && (
        <ConfirmAction
          tone="primary"
          title={text.applyTitle(formatNumber(rerating.preview.entries, locale))}
          confirmLabel={text.apply}
          run={() => apply.mutateAsync(rerating)}
          done={text.applyingNow}
          onClose={() => setAsking(false)}
        >
          {text.applyText}
        </ConfirmAction>
      )}
    </div>
  );
}
