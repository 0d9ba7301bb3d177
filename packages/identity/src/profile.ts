/** What people say of themselves: their name and language. Their address: email-change.ts. */
import { changedFields } from '@tollgate/audit';
import type { PersonActor } from './actor.ts';
import { auditPerson } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';

export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
}

/** Told in the log of each of their organizations: others know them by this name. */
export function changeProfile(
  context: IdentityContext,
  { userId, email }: Pick<PersonActor, 'userId' | 'email'>,
  change: Partial<Pick<Profile, 'name' | 'locale'>>,
  origin: Origin,
): Promise<Profile> {
  const nowMs = context.clock.nowMs();
  const find = {
    where: { id: userId },
    select: { id: true, email: true, name: true, locale: true },
  } as const;
  return context.database.person({ userId }, async (tx, use) => {
    const before = await tx.user.findUniqueOrThrow(find);
    const after = await tx.user.update({ ...find, data: { ...change, updatedAt: new Date(nowMs) } });
    const changed = changedFields(before, after);
    if (Object.keys(changed.after).length > 0) {
      const target = { kind: 'user', id: userId, name: email };
      const event = { action: 'user-updated', target, ...changed };
      await auditPerson({ tx, use, origin, nowMs }, { id: userId, email }, event);
    }
    return after;
  });
}
