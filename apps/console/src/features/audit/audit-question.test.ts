import { describe, expect, it } from 'vitest';
import { auditPath, fromActorChoice, toActorChoice } from './audit-question.ts';

const urlOf = (query: string) => {
  const values = new URLSearchParams(query);
  return { get: (name: string) => values.get(name) ?? undefined };
};

describe('what the address asks of the audit log', () => {
  it('asks for one actor by id, and for a kind of them by its name', () => {
    expect(auditPath(urlOf('actor=adm_1'), 'UTC')).toBe('/audit-events?actorId=adm_1');
    expect(auditPath(urlOf('actorKind=outsider'), 'UTC')).toBe('/audit-events?actorKind=outsider');
    expect(auditPath(urlOf('actorKind=anything'), 'UTC')).toBe('/audit-events');
  });

  it('has whole days of the zone, the last one among them', () => {
    expect(decodeURIComponent(auditPath(urlOf('from=2026-11-01&to=2026-11-01'), 'Europe/Berlin'))).toBe(
      '/audit-events?from=2026-10-31T23:00:00.000Z&to=2026-11-01T23:00:00.000Z',
    );
  });

  it('holds a kind or one actor in one control, never both', () => {
    for (const choice of ['kind:system', 'usr_1', 'dunning', '']) {
      const { actor, actorKind } = fromActorChoice(choice);
      const query = new URLSearchParams({ ...(actor && { actor }), ...(actorKind && { actorKind }) });
      expect(toActorChoice(urlOf(query.toString()))).toBe(choice);
    }
  });
});
