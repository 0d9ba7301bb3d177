'use client';
/** "Same as team": every rule for a new key in one place, those without a field of the form too. */
import type { EffectiveKeyRules } from '@tollgate/api';
import { DefinitionList } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { useEffectiveRuleItems } from './key-rules-form.tsx';

export interface UsualRulesProps {
  readonly teamId: string;
  readonly rules: EffectiveKeyRules | undefined;
}

export function UsualRules({ teamId, rules }: UsualRulesProps) {
  const text = useMessages('keyRules');
  const { rulesSet } = useMessages('limits');
  const said = useEffectiveRuleItems(rules).filter(({ isSaid }) => isSaid);
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
