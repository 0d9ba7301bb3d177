/** The fields by which people choose what a rule applies to, and the scope that the API takes. Pure. */
import type { ScopeType } from './use-limit-text.ts';

export interface ScopeValues {
  scopeType: ScopeType;
  /** One thing, or each of its kind on its own. */
  scopeMode: 'one' | 'each';
  scopeId: string;
}

export function newScopeValues(scope?: { readonly type: ScopeType; readonly id: string }): ScopeValues {
  if (scope === undefined) return { scopeType: 'organization', scopeMode: 'one', scopeId: '' };
  return { scopeType: scope.type, scopeMode: scope.id === '*' ? 'each' : 'one', scopeId: scope.id };
}

export function isScopeMissing({ scopeType, scopeMode, scopeId }: ScopeValues): boolean {
  return scopeType !== 'organization' && scopeMode === 'one' && scopeId.trim() === '';
}

export function toScope({ scopeType, scopeMode, scopeId }: ScopeValues): { type: ScopeType; id: string } {
  const all = scopeType === 'organization' || scopeMode === 'each';
  return { type: scopeType, id: all ? '*' : scopeId.trim() };
}
