/** Who can be offered as the owner of keys. Pure. */
import type { ComboboxOption } from '@tollgate/ui';

export interface OwnerChoices {
  readonly me: { readonly membershipId: string; readonly name: string } | undefined;
  /** Whether keys may be given to others, and to the organization (`keys:write-any`). */
  readonly mayAny: boolean;
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly teamId: string | null;
    readonly disabledAt: string | null;
  }[];
  readonly isOwnTeam: (teamId: string | null) => boolean;
  /** Found by the server for what was typed, and who is chosen. */
  readonly members: readonly ComboboxOption[];
  readonly typed: string;
}

export interface OwnerWords {
  readonly me: string;
  readonly organization: string;
  readonly people: string;
  readonly group: string;
}

/** The organization, as an option: options have no empty value. */
export const ORGANIZATION_OPTION = 'organization';

/**
 * Oneself and the organization first, then people, then service accounts. Whom the API would refuse is not offered, or disabled.
 * The server filters members only: the others are filtered here.
 */
export function ownerOptions(
  { me, mayAny, accounts, isOwnTeam, members, typed }: OwnerChoices,
  words: OwnerWords,
): readonly ComboboxOption[] {
  const wanted = typed.trim().toLowerCase();
  const isWanted = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(wanted));
  const options: ComboboxOption[] = [];
  if (me && isWanted(words.me, me.name))
    options.push({ value: me.membershipId, label: words.me, hint: me.name });
  if (mayAny && isWanted(words.organization)) {
    options.push({ value: ORGANIZATION_OPTION, label: words.organization });
  }
  for (const member of members) {
    if (member.value !== me?.membershipId) options.push({ ...member, group: words.people });
  }
  for (const { id, name, teamId, disabledAt } of accounts) {
    const disabled = disabledAt !== null || !(mayAny || isOwnTeam(teamId));
    if (isWanted(name)) options.push({ value: id, label: name, group: words.group, disabled });
  }
  return options;
}
