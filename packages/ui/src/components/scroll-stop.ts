/**
 * What scrolls must scroll by keyboard. Where nothing in it takes the focus, it is a stop of its own; everywhere else one
 * more stop would only be in the way. Not for what always scrolls, such as a table: that has its `tabIndex`.
 */

const STOPS =
  'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]';

/** A ref for the element that scrolls. */
export function watchScrollStop(element: HTMLElement | null): (() => void) | undefined {
  if (element === null) return undefined;
  const update = () => {
    const needed = element.scrollHeight > element.clientHeight && element.querySelector(STOPS) === null;
    if (needed) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  };
  const sizes = new ResizeObserver(update);
  sizes.observe(element);
  const contents = new MutationObserver(update);
  contents.observe(element, { childList: true, subtree: true });
  return () => {
    sizes.disconnect();
    contents.disconnect();
  };
}
