/** Where to go after signing in: a path of this console, never anything that leaves it. */
import { signInPath } from '../../api/client.ts';

export const HOME = '/';
const PROBE_ORIGIN = 'https://console.invalid';
const MAX_LENGTH = 2_000;

/** @param next As it came in the address. @returns A path with its query; the overview for anything else. */
export function safeNextPath(next: string | null | undefined): string {
  if (!next || next.length > MAX_LENGTH || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next)) return HOME;
  const url = URL.parse(next, PROBE_ORIGIN);
  if (url === null || url.origin !== PROBE_ORIGIN) return HOME;
  // `/.//host` becomes `//host` when it is resolved: check what the browser will make of it.
  if (url.pathname.startsWith('//')) return HOME;
  const path = `${url.pathname}${url.search}${url.hash}`;
  return /^\/(sign-in|sign-up|sign-out|second-factor|single-sign-on|reauthenticated|api)(?:[/?#]|$)/.test(
    path,
  )
    ? HOME
    : path;
}

/** `/sign-up?next=…` or `/sign-in?next=…`, without the parameter when it says nothing. */
export function withNext(page: '/sign-in' | '/sign-up', next: string): string {
  if (page === '/sign-in') return signInPath(next);
  return next === HOME ? page : `${page}?next=${encodeURIComponent(next)}`;
}

const PROBLEM_CODE = /^[a-z_]{1,60}$/;

/**
 * For whoever is signed in and comes back from a provider with nothing: they go on to their page, and the reason goes with them,
 * for the pages that lead there and say it.
 */
export function withProblem(path: string, problem: string | undefined): string {
  if (problem === undefined || !PROBLEM_CODE.test(problem)) return path;
  const url = new URL(path, PROBE_ORIGIN);
  url.searchParams.set('problem', problem);
  return `${url.pathname}${url.search}${url.hash}`;
}

/** @param path Already checked. @returns The path as it was before the reason was put into it. */
export function takeProblem(path: string): { readonly path: string; readonly problem: string | undefined } {
  const url = new URL(path, PROBE_ORIGIN);
  const problem = url.searchParams.get('problem');
  if (problem === null) return { path, problem: undefined };
  url.searchParams.delete('problem');
  return { path: `${url.pathname}${url.search}${url.hash}`, problem };
}
