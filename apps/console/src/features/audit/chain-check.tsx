'use client';
/** Reads the whole chain on request and says whether it holds. */
import type { AuditVerification as ChainReport } from '@tollgate/api';
import { Button, Callout, formatNumber } from '@tollgate/ui';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';

export function ChainCheck() {
  const text = useMessages('audit');
  const toText = useProblemText();
  const [asked, setAsked] = useState(false);
  const report = useApiQuery<ChainReport>(asked ? '/audit-events/verify' : undefined, {
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="flex flex-col items-start gap-3">
      {/* Stays where it is while it works: whoever pressed it by keyboard is still on it afterwards. */}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="sm"
          icon={<ShieldCheck />}
          loading={report.isFetching}
          onClick={() => (asked ? void report.refetch() : setAsked(true))}
        >
          {text.verify}
        </Button>
        <span role="status" className="text-sm text-ink-soft">
          {report.isFetching && text.verifying}
        </span>
      </div>
      {report.error && !report.isFetching && (
        <Callout tone="warning" className="w-full" live>
          {toText(report.error)}
        </Callout>
      )}
      {report.data && !report.isFetching && <Report report={report.data} />}
    </div>
  );
}

function Report({ report }: { readonly report: ChainReport }) {
  const text = useMessages('audit');
  const locale = useLocale();
  const kinds: Readonly<Record<string, string>> = text.problems;
  if (report.ok) {
    return (
      <Callout
        tone="positive"
        title={text.ok(formatNumber(report.verifiedEvents, locale))}
        className="w-full"
        live
      >
        {report.waitingEvents > 0 && <p>{text.okWaiting(formatNumber(report.waitingEvents, locale))}</p>}
        <p className="text-xs">
          {text.head} <code className="font-mono wrap-anywhere">{report.headHash}</code>
        </p>
      </Callout>
    );
  }
  return (
    <Callout tone="negative" title={text.broken} className="w-full" live>
      <p>{text.brokenText}</p>
      <ul className="mt-2 list-inside list-disc">
        {report.problems.map((problem) => (
          <li key={`${problem.kind}/${problem.sequence}/${problem.eventId}`}>
            {kinds[problem.kind] ?? problem.kind}
            {problem.sequence !== null && `, ${text.place(formatNumber(problem.sequence, locale))}`}
            {problem.eventId && <code className="ml-2 font-mono text-xs">{problem.eventId}</code>}
          </li>
        ))}
      </ul>
    </Callout>
  );
}
