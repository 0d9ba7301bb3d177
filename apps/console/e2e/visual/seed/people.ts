/** Who works there, in which teams, with which keys. */
import type { System } from '../../support/system.ts';
import { readMailedLink } from '../../support/test.ts';
import { type Caller, signUp } from './caller.ts';

/** Long, and with what a name may hold: pages are to bear it. */
const LONG_NAME = 'Checkout service of the northern region (batch, nightly)';

const PEOPLE = [
  { name: 'Ada Lovelace', email: 'ada@northwind.example', role: 'admin' },
  { name: 'Alan Turing', email: 'alan@northwind.example', role: 'developer' },
  { name: 'Katherine Johnson', email: 'katherine@northwind.example', role: 'finance' },
  { name: 'Edsger Dijkstra', email: 'edsger@northwind.example', role: 'developer' },
] as const;

const TEAMS = [
  { name: 'Checkout', costCenter: 'CC-4100' },
  { name: 'Search', costCenter: 'CC-4200' },
  { name: 'Support assistant', costCenter: 'CC-4300' },
  { name: 'Data platform', costCenter: 'CC-4400' },
] as const;
type TeamName = (typeof TEAMS)[number]['name'];

export interface Staff {
  readonly memberIds: readonly string[];
  readonly teamIds: Readonly<Record<TeamName, string>>;
}

export async function hire(caller: Caller, system: System): Promise<Staff> {
  const teamIds = {} as Record<TeamName, string>;
  for (const team of TEAMS) teamIds[team.name] = (await caller.post<{ id: string }>('/teams', team)).id;
  for (const { name, email, role } of PEOPLE) {
    await caller.post('/invitations', { email, role });
    const link = await readMailedLink(system, email, '/invitation');
    await signUp(system, { name, email, invitationToken: new URL(link).hash.slice('#token='.length) });
  }
  const members = await caller.get<{ data: { id: string; email: string }[] }>('/members?limit=50');
  const memberIds = PEOPLE.map(
    ({ email }) => members.data.find((member) => member.email === email)?.id ?? '',
  );
  for (const [index, { name }] of TEAMS.entries()) {
    const [lead = '', other = ''] = [memberIds[index % 4], memberIds[(index + 1) % 4]];
    await caller.put(`/teams/${teamIds[name]}/members/${lead}`, { lead: true });
    await caller.put(`/teams/${teamIds[name]}/members/${other}`, {});
  }
  return { memberIds, teamIds };
}

export interface StaffKey {
  readonly id: string;
  readonly secret: string;
}

/** The one that is used most comes last: pages that show a key show the newest. */
const KEYS = [
  { id: 'workshop', name: 'Workshop in Munich', team: 'Data platform', owner: 1, tags: { env: 'training' } },
  { id: 'prototype', name: 'Prototype of the summer', team: 'Search', owner: 3, tags: { env: 'research' } },
  { id: 'checkout', name: 'Checkout, production', team: 'Checkout', owner: 0, tags: { env: 'production' } },
  { id: 'nightly', name: LONG_NAME, team: 'Checkout', owner: 1, tags: { env: 'production', job: 'fraud' } },
  { id: 'search', name: 'Search ranking', team: 'Search', owner: 1, tags: { env: 'production' } },
  { id: 'embeddings', name: 'Search embeddings', team: 'Search', owner: 3, tags: { env: 'production' } },
  { id: 'support', name: 'Support bot', team: 'Support assistant', owner: 2, tags: { env: 'production' } },
  {
    id: 'staging',
    name: 'Support bot, staging',
    team: 'Support assistant',
    owner: 3,
    tags: { env: 'staging' },
  },
  { id: 'platform', name: 'Notebooks', team: 'Data platform', owner: 3, tags: { env: 'research' } },
  { id: 'agents', name: 'Coding agents', team: 'Data platform', owner: 0, tags: { env: 'internal' } },
] as const;
export type KeyName = (typeof KEYS)[number]['id'];

export async function mintKeys(
  caller: Caller,
  { memberIds, teamIds }: Staff,
  workshopEndsMs: number,
): Promise<Readonly<Record<KeyName, StaffKey>>> {
  const keys = {} as Record<KeyName, StaffKey>;
  const workshop = {
    expiresAt: new Date(workshopEndsMs).toISOString(),
    models: ['gpt-5-mini', 'gemini-2.5-flash'],
    budget: { limitUsd: '20', period: 'month', kind: 'hard' },
    rateLimits: [{ metric: 'requests', limit: 30, windowSeconds: 60 }],
  };
  for (const { id, name, team, owner, tags } of KEYS) {
    const made = await caller.post<{ key: { id: string }; secret: string }>('/keys', {
      name,
      teamId: teamIds[team],
      ownerId: memberIds[owner],
      tags,
      ...(id === 'workshop' && workshop),
    });
    keys[id] = { id: made.key.id, secret: made.secret };
  }
  return keys;
}
