/** What is wrong with a route that somebody edits, by the path of the API: found here, or told by the API. Pure. */
import { toFormPath } from '@tollgate/ui';
import type { ApiFieldProblem } from '../../api/api-error.ts';
import type { Missing, RouteDraft } from './route-draft.ts';

export type Problem = Missing | ApiFieldProblem;
export type Problems = Readonly<Record<string, Problem>>;

const SHOWN = ['name', 'description', 'rules', 'fallbacks', 'stickyBy', 'allowResold'];

/** Those that the page has a place for, and the others. */
export function placeProblems(errors: readonly ApiFieldProblem[]): {
  readonly problems: Problems;
  readonly unplaced: readonly ApiFieldProblem[];
} {
  // A preview has the route as a part of what is asked.
  const placed = errors.map((error) => ({ path: toFormPath(error.path).replace(/^route\./, ''), error }));
  const isShown = ({ path }: { readonly path: string }) => SHOWN.includes(path.split('.')[0] ?? '');
  return {
    problems: Object.fromEntries(placed.filter(isShown).map(({ path, error }) => [path, error])),
    unplaced: placed.filter((each) => !isShown(each)).map(({ error }) => error),
  };
}

/** Where somebody has changed something, or moved it, what was said about it is no longer true. */
export function stillTrue(problems: Problems, before: RouteDraft, after: RouteDraft): Problems {
  const kept = Object.entries(problems).filter(([path]) => {
    const row = rowOf(path);
    return valueAt(before, row) === valueAt(after, row);
  });
  return kept.length === Object.keys(problems).length ? problems : Object.fromEntries(kept);
}

/** `rules.0.when.1.values` is about `rules.0.when.1`. */
function rowOf(path: string): readonly string[] {
  const parts = path.split('.');
  if (parts[0] === 'rules') return parts.slice(0, parts.length >= 4 ? 4 : 2);
  return parts.slice(0, 2);
}

function valueAt(draft: RouteDraft, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    draft,
  );
}
