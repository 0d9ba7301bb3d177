/**
 * What happens when the API wants a recent sign-in: one dialog asks, and every call that waited for it is made again.
 *
 * Below the dialog itself, so that the client of the API can ask without knowing any component.
 */
type Ask = () => Promise<boolean>;

let ask: Ask | undefined;
let running: Promise<boolean> | undefined;

/** @param next Resolves to whether the person has shown who they are. @returns Ends it. */
export function answerReauthentication(next: Ask): () => void {
  ask = next;
  return () => {
    if (ask === next) ask = undefined;
  };
}

/** Calls at the same time share one dialog. @returns False where nobody can be asked, and when they declined. */
export function requestReauthentication(): Promise<boolean> {
  if (ask === undefined) return Promise.resolve(false);
  running ??= ask().finally(() => {
    running = undefined;
  });
  return running;
}
