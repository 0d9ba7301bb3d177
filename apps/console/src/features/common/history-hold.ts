/**
 * The browser's back and forward have happened when a page hears of them. A page that asks first goes the way back before Next draws
 * the other page, and goes it again where the answer is yes. Where a browser does not tell its place in the history (no Navigation
 * API), nobody knows which way that is: there back and forward are not asked about.
 *
 * Listeners of the window are called in the order in which they came, so this one is made when the scripts begin
 * (instrumentation-client.ts): before Next's.
 */
let held: ((event: PopStateEvent) => void) | undefined;

if (typeof window !== 'undefined') window.addEventListener('popstate', (event) => held?.(event));

export interface HistoryPlace {
  readonly path: () => string;
  /** Of the entry that is open; undefined where the browser does not tell. */
  readonly index: () => number | undefined;
  readonly go: (steps: number) => void;
  /** Wherever somebody goes meanwhile, which steps would be counted from. */
  readonly goTo: (index: number) => void;
}

export interface HistoryHold {
  /** An entry was opened, whichever way: tabs and anchors of the page are entries of it. */
  readonly noteEntry: () => void;
  /** Somebody, or the page itself, went back or forward. @returns Whether nobody else may hear of it. */
  readonly hearMove: () => boolean;
}

/** @param ask Runs what it is given where the answer is yes. @returns Lets go. */
export function holdHistory(ask: (leave: () => void) => void): () => void {
  if (!('navigation' in window)) return () => undefined;
  const { navigation } = window;
  const { noteEntry, hearMove } = holdPlace(
    {
      path: () => window.location.pathname,
      index: () => navigation.currentEntry?.index,
      go: (steps) => window.history.go(steps),
      goTo: (index) => traverse(navigation, index),
    },
    ask,
  );
  const hold = (event: PopStateEvent) => {
    if (hearMove()) event.stopImmediatePropagation();
  };
  held = hold;
  navigation.addEventListener('currententrychange', noteEntry);
  return () => {
    navigation.removeEventListener('currententrychange', noteEntry);
    if (held === hold) held = undefined;
  };
}

/** Its promises end in errors where somebody goes elsewhere meanwhile, which is heard of. */
function traverse(navigation: Navigation, index: number): void {
  const key = navigation.entries()[index]?.key;
  if (key === undefined) return;
  const { committed, finished } = navigation.traverseTo(key);
  for (const end of [committed, finished]) end?.catch(() => undefined);
}

export function holdPlace(place: HistoryPlace, ask: (leave: () => void) => void): HistoryHold {
  const herePath = place.path();
  let hereIndex = place.index();
  let returning = false;
  let left = false;
  const isHere = () => place.path() === herePath;
  return {
    noteEntry: () => {
      if (isHere()) hereIndex = place.index();
    },
    hearMove: () => {
      if (isHere()) {
        const isReturn = returning;
        returning = false;
        return isReturn;
      }
      const now = place.index();
      if (left || now === undefined || hereIndex === undefined || now === hereIndex) return false;
      const steps = now - hereIndex;
      returning = true;
      place.goTo(hereIndex);
      ask(() => {
        left = true;
        place.go(steps);
      });
      return true;
    },
  };
}
