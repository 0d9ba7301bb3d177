'use client';
/** Across every page while the address is not verified and that matters. */
import type { Me } from '@tollgate/api';
import { Button } from '@tollgate/ui';
import { MailWarning } from 'lucide-react';
import { useState } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const ME_FRESH_MS = 60_000;

export function VerifyBanner({ email }: { readonly email: string }) {
  const text = useMessages('auth').banner;
  const toText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<string>();
  // The link of the mail opens in another tab: whoever comes back from there has done it.
  const me = useApiQuery<Me>('/me', { staleTime: ME_FRESH_MS, refetchOnWindowFocus: 'always' });
  const resend = async () => {
    setBusy(true);
    await apiFetch('/auth/resend-verification', { method: 'POST' }).then(
      () => setAnswer(text.resent),
      (error: unknown) => setAnswer(toText(error)),
    );
    setBusy(false);
  };
  if (me.data?.emailVerified) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warning-line bg-warning-soft px-3 py-2 text-sm text-ink sm:px-5 lg:px-7">
      <MailWarning aria-hidden className="size-4 shrink-0 text-warning" />
      <span className="min-w-0 wrap-anywhere">{text.text(email)}</span>
      <span role="status" className={answer ? 'text-ink-soft' : 'sr-only'}>
        {answer}
      </span>
      {answer === undefined && (
        <Button size="sm" variant="link" loading={busy} className="px-0" onClick={() => void resend()}>
          {text.resend}
        </Button>
      )}
    </div>
  );
}
