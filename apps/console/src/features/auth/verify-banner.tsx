'use client';
/** Across every page while the address is not verified and that matters. */
import { Button } from '@tollgate/ui';
import { MailWarning } from 'lucide-react';
import { useState } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function VerifyBanner({ email }: { readonly email: string }) {
  const text = useMessages('auth').banner;
  const toText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<string>();
  const resend = async () => {
    setBusy(true);
    await apiFetch('/auth/resend-verification', { method: 'POST' }).then(
      () => setAnswer(text.resent),
      (error: unknown) => setAnswer(toText(error)),
    );
    setBusy(false);
  };
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
