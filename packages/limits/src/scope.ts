/**
 * What a limit or a budget is attached to, and whether a request falls under it.
 *
 * The same rules as `budget_spending` in the migration: a gateway holds for exactly the budgets to which the
 * worker counts the entry. Values are those recorded with the request; later moves change nothing.
 */
export const SCOPE_TYPES = [
  'organization',
  'team',
  'key',
  'member',
  'serviceAccount',
  'endUser',
  'model',
  'tag',
] as const;
export type ScopeType = (typeof SCOPE_TYPES)[number];

/** `id: "*"` is one per value. Tags are `NAME=VALUE`, `NAME=*` (one per value of that tag) or `*` (of any). */
export interface Scope {
  readonly type: ScopeType;
  readonly id: string;
}

/** Who a request is from and what it is for; empty text where there is nobody. */
export interface ScopeSubject {
  readonly organizationId: string;
  readonly teamId: string;
  /** Team ids from the root, joined by "/". A team's limits hold for the teams below it. */
  readonly teamPath: string;
  readonly keyId: string;
  readonly memberId: string;
  readonly serviceAccountId: string;
  readonly endUser: string;
  readonly tags: Readonly<Record<string, string>>;
}

const NONE: readonly string[] = [];

/**
 * The values under which a request falls in this scope: none, one, or for tags several.
 *
 * @param model The served one.
 */
export function matchScope(scope: Scope, subject: ScopeSubject, model: string): readonly string[] {
  if (scope.type === 'organization') return [subject.organizationId];
  if (scope.type === 'tag') return matchTags(scope.id, subject.tags);
  const value = singleValue(scope.type, subject, model);
  if (scope.id === '*') return value === '' ? NONE : [value];
  if (scope.type === 'team' && isInPath(subject.teamPath, scope.id)) return [scope.id];
  return value === scope.id ? [value] : NONE;
}

function singleValue(
  type: Exclude<ScopeType, 'organization' | 'tag'>,
  subject: ScopeSubject,
  model: string,
): string {
  switch (type) {
    case 'team':
      return subject.teamId;
    case 'key':
      return subject.keyId;
    case 'member':
      return subject.memberId;
    case 'serviceAccount':
      return subject.serviceAccountId;
    case 'endUser':
      return subject.endUser;
    case 'model':
      return model;
  }
}

function isInPath(path: string, id: string): boolean {
  return path.includes(id) && path.split('/').includes(id);
}

function matchTags(id: string, tags: Readonly<Record<string, string>>): readonly string[] {
  const values: string[] = [];
  for (const name in tags) {
    const value = `${name}=${tags[name]}`;
    if (id === '*' || id === value || id === `${name}=*`) values.push(value);
  }
  return values;
}
