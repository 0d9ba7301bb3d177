'use client';
/** Why a passkey did not work, in the reader's language. */
import { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { PasskeyCancelledError } from './passkey-api.ts';

export function usePasskeyText(): (error: unknown) => string {
  const text = useMessages('security').passkeyProblems;
  const toText = useProblemText();
  return (error) => {
    if (error instanceof PasskeyCancelledError) return text.cancelled;
    if (error instanceof ApiError) return error.code === 'passkey_refused' ? text.refused : toText(error);
    // The browser tells: this device holds one for the account already.
    if (error instanceof Error && error.name === 'InvalidStateError') return text.known;
    return text.unsupported;
  };
}
