'use client';
/** What the rules give a new key where its maker says nothing, and which level says it. */
import { useQueryClient } from '@tanstack/react-query';
import type { EffectiveKeyRules } from '@tollgate/api';
import { useEffect } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type KeyFormValues, newKeyExpiries, usualExpiryRule } from './key-form-values.ts';

const pathOf = (teamId: string) => withQuery('/key-rules/effective', { teamId: teamId || undefined });

/** @param teamId Empty: of no team. @returns Undefined: not known yet, or the caller may not read them. */
export function useUsualKeyRules(teamId: string): EffectiveKeyRules | undefined {
  return useApiQuery<EffectiveKeyRules>(pathOf(teamId), { enabled: usePermission('keys:read') }).data;
}

/** @returns Waits for the rules of a team: what is sent may depend on them, however fast somebody is. */
export function useReadUsualKeyRules(): (teamId: string) => Promise<EffectiveKeyRules | undefined> {
  const queryClient = useQueryClient();
  const mayRead = usePermission('keys:read');
  return async (teamId) => {
    if (!mayRead) return undefined;
    return queryClient.ensureQueryData<EffectiveKeyRules>({
      queryKey: apiQueryKey(pathOf(teamId)),
      queryFn: ({ signal }) => apiFetch<EffectiveKeyRules>(pathOf(teamId), { signal }),
    });
  };
}

/** Until somebody chooses an end, and where the rules refuse what was chosen, it is as they say. */
export function useUsualExpiry(
  { setValue, getValues, formState }: UseFormReturn<KeyFormValues>,
  rules: EffectiveKeyRules | undefined,
): void {
  const isChosen = formState.dirtyFields.expiry === true;
  useEffect(() => {
    if (rules === undefined) return;
    const usual = usualExpiryRule(rules) === null ? 'days90' : 'usual';
    if (!isChosen || !newKeyExpiries(rules).includes(getValues('expiry'))) setValue('expiry', usual);
  }, [rules, isChosen, getValues, setValue]);
}

/** Rules in words: what a field that is left empty stands for. */
export function useUsualRuleText(rules: EffectiveKeyRules | undefined) {
  const text = useMessages('keyRules');
  const { perPeriod } = useMessages('limits');
  const { limitMoney, rateRule } = useLimitText();
  const teamName = useTeamNames(Object.values(rules ?? {}).map((rule) => rule?.teamId));
  return {
    /** Which level says it. */
    from: ({ teamId }: { readonly teamId: string | null }) =>
      teamId === null ? text.fromOrganization : text.fromTeam(teamName(teamId)),
    budget: ({ value }: NonNullable<EffectiveKeyRules['defaultBudget']>) =>
      `${limitMoney(value.limitUsd)} ${perPeriod[value.period]}`,
    rateLimits: (limits: readonly NonNullable<EffectiveKeyRules['defaultRateLimits']>['value'][number][]) =>
      limits.map((limit) => rateRule({ ...limit, windowSeconds: limit.windowSeconds ?? 0 })).join(', '),
  };
}
