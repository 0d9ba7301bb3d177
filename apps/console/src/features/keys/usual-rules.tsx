'use client';
/** "Same as team": what a new key gets where its maker says nothing. */
import type { EffectiveKeyRules } from '@tollgate/api';
import { DefinitionList } from '@tollgate/ui';
import { useEffect } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import type { KeyFormValues } from './key-form-values.ts';
import { useEffectiveRuleItems } from './key-rules-form.tsx';

export function UsualRules({ form }: { readonly form: UseFormReturn<KeyFormValues> }) {
  const text = useMessages('keyRules');
  const { rulesSet } = useMessages('limits');
  const teamId = form.watch('teamId');
  const rules = useApiQuery<EffectiveKeyRules>(
    withQuery('/key-rules/effective', { teamId: teamId || undefined }),
    { placeholderData: (before) => before },
  ).data;
  const items = useEffectiveRuleItems(rules);
  const endsByRule = rules !== undefined && (rules.defaultExpiryDays ?? rules.maxAgeDays) !== null;
  const { setValue, formState } = form;
  const chosen = formState.dirtyFields.expiry === true;
  useEffect(() => {
    if (!chosen) setValue('expiry', endsByRule ? 'usual' : 'days90');
  }, [endsByRule, chosen, setValue]);
  const said = items.filter(({ isSaid }) => isSaid);
  if (said.length === 0) return null;
  return (
    <Disclosure
      title={teamId === '' ? text.sameAsOrganization : text.sameAsTeam}
      summary={rulesSet(said.length)}
      open={false}
    >
      <p className="text-xs text-ink-faint">{text.sameText}</p>
      <DefinitionList items={said} />
    </Disclosure>
  );
}
