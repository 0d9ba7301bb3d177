'use client';
/** For ConfirmDialog: the API's refusal in the reader's language instead of its raw text. */
import { useProblemText } from '../../api/use-form-problem.ts';

export function useConfirmed() {
  const toText = useProblemText();
  return (run: () => Promise<unknown>) => async () => {
    try {
      await run();
    } catch (cause) {
      throw new Error(toText(cause), { cause });
    }
  };
}
