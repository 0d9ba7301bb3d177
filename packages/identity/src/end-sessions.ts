/** Ending sessions by their owner's wish, with the event, in one transaction. */
import { type AuditedPerson, auditPerson } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { revokeSessions } from './session.ts';

/** @param which One, or all but one. @returns How many ended. */
export function endSessions(
  context: IdentityContext,
  person: AuditedPerson,
  which: { readonly only: string } | { readonly except: string },
  origin: Origin,
): Promise<number> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId: person.id }, async (tx, use) => {
    const endedSessionCount = await revokeSessions(tx, person.id, which, nowMs);
    if (endedSessionCount === 0) return 0;
    const isOne = 'only' in which;
    await auditPerson({ tx, use, origin, nowMs }, person, {
      action: isOne ? 'session-revoked' : 'sessions-revoked',
      target: isOne
        ? { kind: 'session', id: which.only }
        : { kind: 'user', id: person.id, name: person.email },
      after: { endedSessionCount },
    });
    return endedSessionCount;
  });
}
