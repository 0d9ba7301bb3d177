const REST_AFTER_LOAD_MS = 1_000;

/** Runs once the page has loaded and had a second to itself; on a server, never. */
export function whenIdle(run: () => void): void {
  if (typeof window === 'undefined') return;
  const rest = () => setTimeout(run, REST_AFTER_LOAD_MS);
  if (document.readyState === 'complete') rest();
  else window.addEventListener('load', rest, { once: true });
}
