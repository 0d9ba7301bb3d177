/**
 * What to say after an action: `toast.success('Saved')`. What is drawn with comes once the page rests, or with the first
 * notice, and no notice that was given before is lost.
 */
type Kind = 'error' | 'info' | 'success';

interface ToastOptions {
  readonly description?: string;
}

type Say = (title: string, options?: ToastOptions) => void;

export type ToastDrawer = Readonly<Record<Kind, Say>>;

let drawer: ToastDrawer | undefined;
let waiting: ((drawn: ToastDrawer) => void)[] = [];
let want: (() => void) | undefined;

const say =
  (kind: Kind): Say =>
  (title, options) => {
    if (drawer !== undefined) return drawer[kind](title, options);
    waiting.push((drawn) => drawn[kind](title, options));
    want?.();
  };

export const toast: ToastDrawer = { error: say('error'), info: say('info'), success: say('success') };

/** @param load Called at the first notice that nobody can draw yet, and again at each that follows. @returns Ends it. */
export function whenToastIsWanted(load: () => void): () => void {
  want = load;
  if (waiting.length > 0) load();
  return () => {
    if (want === load) want = undefined;
  };
}

/** From here on notices are drawn, first those that wait. @returns Ends it. */
export function drawToasts(by: ToastDrawer): () => void {
  drawer = by;
  const early = waiting;
  waiting = [];
  for (const drawEarly of early) drawEarly(by);
  return () => {
    if (drawer === by) drawer = undefined;
  };
}
