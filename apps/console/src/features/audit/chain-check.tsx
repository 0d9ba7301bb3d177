'use client';
/** Reads the whole chain on request and says whether it holds. */
import type { AuditVerification as ChainReport } from '@tollgate/api';
import { Button, Callout, formatNumber } from '@tollgate/ui';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';

/** A button for the head of the page, and what it found for the body. */
export function useChainCheck() {
  const text = useMessages('audit');
  const toText = useProblemText();
  const [asked, setAsked] = useState(false);
  const report = useApiQuery<ChainReport>(asked ? '/audit-events/verify' : undefined, {
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    button: (
      // Stays where it is while it works: whoever pressed it by keyboard is still on it afterwards.
      <Button
        icon={<ShieldCheck />}
        loading={report.isFetching}
        onClick={() => (asked ? void report.refetch() : setAsked(true))}
      >
        {text.verify}
      </Button>
    ),
    result: (
      <>
        <span role="status" className="text-sm text-ink-soft empty:hidden">
          {report.isFetching && text.verifying}
        </span>
        {report.error && !report.isFetching && (
          <Callout tone="warning" live>
            {toText(report.error)}
          </Callout>
        )}
        {report.data && !report.isFetching && <Report report={report.data} />}
      </>
    ),
  };
}

function Report({ report }: { readonly report: ChainReport }) {
  const text = useMessages('audit');
  const locale = useLocale();
  const kinds: Readonly<Record<string, string>> = text.problems;
  if (report.ok) {
    return (
      <Callout tone="positive" title={text.ok(formatNumber(report.verifiedEvents, locale))} live>
        {report.waitingEvents > 0 && <p>{text.okWaiting(formatNumber(report.waitingEvents, locale))}</p>}
        <p className="text-xs">
          {text.head} <code className="font-mono wrap-anywhere">{report.headHash}</code>
        </p>
      </Callout>
    );
  }
  return (
    <Callout tone="negative" title={text.broken} live>
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
