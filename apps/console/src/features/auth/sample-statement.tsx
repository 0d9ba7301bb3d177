'use client';
/** An ornament that shows the idea: lines that add up to their total, digit for digit. */
import { Money } from '@tollgate/ui';

const LINES = [
  { label: 'gpt-5-mini', tokens: '1,204,118', amount: '0.301029500000' },
  { label: 'claude-sonnet-4-5', tokens: '86,402', amount: '0.259206000000' },
  { label: 'gemini-2.5-flash', tokens: '412,993', amount: '0.123897900000' },
] as const;

const TOTAL = '0.684133400000';

export function SampleStatement() {
  return (
    <div aria-hidden className="rounded-lg border border-line bg-surface shadow-md">
      <dl className="divide-y divide-line text-sm">
        {LINES.map((line) => (
          <div key={line.label} className="flex items-baseline gap-3 px-4 py-2.5">
            <dt className="flex-1 truncate text-ink">{line.label}</dt>
            <dd className="tabular text-xs text-ink-faint">{line.tokens}</dd>
            <dd className="text-ink-soft">
              <Money value={line.amount} precision={12} />
            </dd>
          </div>
        ))}
        <div className="flex items-baseline justify-between rounded-b-lg bg-sunken px-4 py-2.5 font-medium text-ink">
          <dt>=</dt>
          <dd>
            <Money value={TOTAL} precision={12} />
          </dd>
        </div>
      </dl>
    </div>
  );
}
