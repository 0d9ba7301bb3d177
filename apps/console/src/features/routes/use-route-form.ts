'use client';
/** The state of the editor: what somebody has entered, what is wrong with it, and what others saved meanwhile. */
import { useQueryClient } from '@tanstack/react-query';
import type { Route } from '@tollgate/api';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { apiQueryKey } from '../../api/query-key.ts';
import { useFieldProblemText, useProblemText } from '../../api/use-form-problem.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { contestedAfter, mergeNewer } from '../common/merge-newer.ts';
import type { NewerState } from '../common/newer-state.tsx';
import { type Problems, placeProblems, stillTrue } from './editor-problems.ts';
import { pathOfRoute } from './route-api.ts';
import { findMissing, isSameDraft, isSamePart, type RouteDraft, toDraft } from './route-draft.ts';

export interface RouteForm {
  readonly draft: RouteDraft;
  readonly set: (change: Partial<RouteDraft>) => void;
  readonly isDirty: boolean;
  readonly problems: Problems;
  /** How often something was found wrong: each time is a reason to go there. */
  readonly failures: number;
  /** What belongs to no field. */
  readonly problem: string | undefined;
  /** @param of What is asked for. @returns Whether all that is needed is there; else it is marked. */
  readonly check: (of?: 'rules') => boolean;
  /** @param where Marks fields, and leaves what belongs to none to the caller. */
  readonly report: (error: unknown, where?: 'fields') => void;
  readonly discard: () => void;
  /** Of a new route: it is saved, and nothing is left to lose. */
  readonly settle: () => void;
  readonly newer: NewerState<RouteDraft>;
}

/** @param route Undefined: a new one. @param start What a new one begins with. */
export function useRouteForm(route: Route | undefined, start: () => RouteDraft): RouteForm {
  const locale = useLocale();
  const [first] = useState(start);
  const saved = useMemo(() => (route === undefined ? first : toDraft(route)), [route, first]);
  const [draft, setDraft] = useState(saved);
  const [problems, setProblems] = useState<Problems>({});
  const [problem, setProblem] = useState<string>();
  const [failures, setFailures] = useState(0);
  const [settled, setSettled] = useState(false);
  const { base, newer } = useNewerDraft(route, saved, draft, setDraft);
  const toText = useProblemText();
  const toFieldText = useFieldProblemText();
  const set = useCallback((change: Partial<RouteDraft>) => {
    setDraft((before) => {
      const after = { ...before, ...change };
      setProblems((current) => stillTrue(current, before, after));
      return after;
    });
  }, []);
  return {
    draft,
    set,
    isDirty: !settled && !isSameDraft(draft, base),
    problems,
    failures,
    problem,
    check: (of) => {
      const { name, ...ofRules } = findMissing(draft, locale);
      const missing = of === 'rules' || name === undefined ? ofRules : { name, ...ofRules };
      setProblem(undefined);
      setProblems(missing);
      const isWhole = Object.keys(missing).length === 0;
      if (!isWhole) setFailures((before) => before + 1);
      return isWhole;
    },
    report: (error, where) => {
      const placed = placeProblems(error instanceof ApiError ? error.errors : []);
      setProblems(placed.problems);
      setFailures((before) => before + 1);
      if (where === 'fields') return;
      if (!(error instanceof ApiError) || error.errors.length === 0) return setProblem(toText(error));
      const { unplaced } = placed;
      setProblem(unplaced.length === 0 ? undefined : unplaced.map(toFieldText).join(' '));
    },
    discard: () => {
      setDraft(base);
      newer.takeLatest();
      setProblems({});
      setProblem(undefined);
    },
    settle: () => setSettled(true),
    newer,
  };
}

/** What others save is shown where nobody has typed; the rest stays, and is said. */
function useNewerDraft(
  route: Route | undefined,
  latest: RouteDraft,
  draft: RouteDraft,
  setDraft: (draft: RouteDraft) => void,
): { readonly base: RouteDraft; readonly newer: NewerState<RouteDraft> } {
  const queryClient = useQueryClient();
  const version = route?.version;
  const [base, setBase] = useState({ version, values: latest });
  const [contested, setContested] = useState<NewerState<RouteDraft>['contested']>();
  const sent = useRef<RouteDraft>(undefined);
  useEffect(() => {
    if (base.version === version) return;
    const merged = mergeNewer(base.values, draft, latest, { sent: sent.current, isSame: isSamePart });
    sent.current = undefined;
    setBase({ version, values: latest });
    setDraft(merged.values);
    setContested((earlier) => contestedAfter(earlier, merged));
  }, [base, version, latest, draft, setDraft]);
  const save: NewerState<RouteDraft>['save'] = async (values, change) => {
    sent.current = values;
    try {
      await change();
      setContested(undefined);
      return true;
    } catch (error) {
      sent.current = undefined;
      if (!(error instanceof ApiError) || error.code !== 'version_conflict' || route === undefined)
        throw error;
      await queryClient
        .refetchQueries({ queryKey: apiQueryKey(pathOfRoute(route.id)) }, { throwOnError: true })
        .catch(() => {
          // The newer state cannot be read: the refusal is all that can be said.
          throw error;
        });
      setContested((before) => before ?? []);
      return false;
    }
  };
  const takeLatest = () => {
    setDraft(latest);
    setContested(undefined);
  };
  return { base: base.values, newer: { contested, latest, takeLatest, save } };
}
