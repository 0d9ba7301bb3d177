/**
 * The browser's back and forward have happened when a page hears of them. A page that asks first goes the way back before Next draws
 * the other page, and goes it again where the answer is yes.
 *
 * Listeners of the window are called in the order in which they came, so this one is made when the scripts begin
 * (instrumentation-client.ts): before Next's.
 */
let held: ((event: PopStateEvent) => void) | undefined;

if (typeof window !== 'undefined') window.addEventListener('popstate', (event) => held?.(event));

/** @param ask Runs what it is given where the answer is yes. @returns Lets go. */
export function holdHistory(ask: (leave: () => void) => void): () => void {
  const herePath = window.location.pathname;
  const hereIndex = indexInHistory();
  let returning = false;
  let left = false;
  const hold = (event: PopStateEvent) => {
    if (returning) {
      returning = false;
      event.stopImmediatePropagation();
      return;
    }
    if (left || window.location.pathname === herePath) return;
    event.stopImmediatePropagation();
    const steps = stepsFrom(hereIndex);
    returning = true;
    window.history.go(-steps);
    ask(() => {
      left = true;
      window.history.go(steps);
    });
  };
  held = hold;
  return () => {
    if (held === hold) held = undefined;
  };
}

/** Where the browser does not tell, every way is taken for one step back. */
function stepsFrom(index: number | undefined): number {
  const now = indexInHistory();
  return (now === undefined || index === undefined ? 0 : now - index) || -1;
}

function indexInHistory(): number | undefined {
  return 'navigation' in window ? window.navigation.currentEntry?.index : undefined;
}
