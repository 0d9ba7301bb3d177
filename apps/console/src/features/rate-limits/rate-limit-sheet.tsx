'use client';
/** One rate limit, and what a caller sees that it refuses. */
import type { RateLimit } from '@tollgate/api';
import { DefinitionList, Sheet, SkeletonText, TimeStamp } from '@tollgate/ui';
import { Gauge } from 'lucide-react';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { MissingRule, ruleHistoryHref } from '../limits/rule-history.tsx';
import { ScopeCell } from '../limits/scope-cell.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { DunningNotice } from './dunning-limit.tsx';
import { type OpenedLimit, RateLimitButtons } from './rate-limit-actions.tsx';
import { RateLimitStanding } from './rate-limit-standing.tsx';
import { RefusalPreview } from './refusal-preview.tsx';

export interface RateLimitSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
  readonly onAction: (opened: OpenedLimit) => void;
}

export function RateLimitSheet({ id, onClose, onAction }: RateLimitSheetProps) {
  const { rateRule } = useLimitText();
  const rule = useRateLimit(id).data;
  return (
    <Sheet
      open={id !== undefined}
      onClose={onClose}
      title={rule ? rateRule(rule) : '…'}
      footer={id !== undefined && <ShowApiCall path={`/rate-limits/${id}`} />}
    >
      {id !== undefined && <RateLimitContent id={id} onAction={onAction} />}
    </Sheet>
  );
}

function useRateLimit(id: string | undefined) {
  return useApiQuery<RateLimit>(id && `/rate-limits/${encodeURIComponent(id)}`);
}

interface RateLimitContentProps {
  readonly id: string;
  readonly onAction: (opened: OpenedLimit) => void;
}

function RateLimitContent({ id, onAction }: RateLimitContentProps) {
  const text = useMessages('rateLimits').sheet;
  const rule = useRateLimit(id);
  if (rule.data !== undefined) return <RateLimitDetails rule={rule.data} onAction={onAction} />;
  if (rule.error === null) return <SkeletonText lines={6} />;
  return (
    <QueryError
      query={rule}
      missing={<MissingRule kind="rateLimit" id={id} icon={<Gauge />} text={text} />}
    />
  );
}

function RateLimitDetails({
  rule,
  onAction,
}: Pick<RateLimitContentProps, 'onAction'> & { readonly rule: RateLimit }) {
  const mayWrite = usePermission('rate-limits:write');
  const text = useMessages('rateLimits');
  const limits = useMessages('limits');
  const { rateRule } = useLimitText();
  const mayReadAudit = usePermission('audit:read');
  return (
    <div className="flex flex-col gap-6">
      <DunningNotice rule={rule} />
      {mayWrite && rule.setBy !== 'dunning' && <RateLimitButtons rule={rule} onChoose={onAction} />}
      <section>
        <h3 className="mb-1 text-sm font-semibold text-ink">{text.sheet.rule}</h3>
        <DefinitionList
          items={[
            { term: limits.scope, value: <ScopeCell rule={rule} /> },
            { term: text.columns.limit, value: <span className="tabular">{rateRule(rule)}</span> },
            {
              term: text.columns.model,
              value:
                rule.model === null ? text.anyModel : <code className="font-mono text-xs">{rule.model}</code>,
            },
            { term: text.columns.changed, value: <TimeStamp value={rule.updatedAt} /> },
            { term: text.sheet.id, value: <code className="font-mono text-xs">{rule.id}</code> },
          ]}
        />
        {mayReadAudit && (
          <Link
            href={ruleHistoryHref('rateLimit', rule.id)}
            className="mt-3 inline-block text-sm text-accent-ink hover:underline"
          >
            {text.sheet.history}
          </Link>
        )}
      </section>
      <RateLimitStanding rule={rule} />
      <RefusalPreview rule={rule} />
    </div>
  );
}
