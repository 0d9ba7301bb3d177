import { expect, it } from 'vitest';
import { de } from './de/index.ts';
import { en } from './en/index.ts';

it.each([
  { members: 2, invitations: 1, said: 'of 2 members and of 1 open invitation.' },
  { members: 0, invitations: 2, said: 'of 2 open invitations.' },
  { members: 1, invitations: 0, said: 'of 1 member.' },
])('deleting a role says who has it, and leaves out what is not there: $said', (held) => {
  const { members, invitations, said } = held;
  expect(en.members.deleteRoleHeld(members, invitations)).toContain(said);
});

it('deleting a role says how many alert channels mail somebody else from then on', () => {
  expect(en.members.deleteRoleMailed(1)).toMatch(/^1 alert channel mails/);
  expect(de.members.deleteRoleMailed(3)).toMatch(/^3 Benachrichtigungskanäle schreiben/);
  expect(de.members.deleteRoleHeld(0, 1)).toContain('von 1 offenen Einladung.');
});
