'use client';
/** What has to stand elsewhere letter by letter: shown whole, and copied by one press. */
import { CopyButton } from '@tollgate/ui';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export interface CopiedValueProps {
  readonly label: string;
  readonly value: string;
}

export function CopiedValue({ label, value }: CopiedValueProps) {
  const { copy } = useSingleSignOnText().domains;
  return (
    <div className="flex items-center gap-1 rounded-md border border-line bg-sunken py-0.5 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs wrap-anywhere text-ink select-all">{value}</code>
      <CopyButton value={value} label={copy(label)} size="sm" />
    </div>
  );
}
