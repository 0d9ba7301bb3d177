import { describe, expect, it } from 'vitest';
import { type OwnerChoices, ownerOptions } from './owner-options.ts';

const words = { me: 'Me', organization: 'The organization', people: 'People', group: 'Service accounts' };
const lead: OwnerChoices = {
  me: { membershipId: 'mem_me', name: 'Ada' },
  mayAny: true,
  accounts: [
    { id: 'sa_ours', name: 'nightly', teamId: 'team_ours', disabledAt: null },
    { id: 'sa_off', name: 'old', teamId: 'team_ours', disabledAt: '2026-01-01T00:00:00Z' },
    { id: 'sa_theirs', name: 'theirs', teamId: 'team_theirs', disabledAt: null },
  ],
  isOwnTeam: (teamId) => teamId === 'team_ours',
  members: [
    { value: 'mem_me', label: 'Ada' },
    { value: 'mem_bob', label: 'Bob' },
  ],
  typed: '',
};
const valuesOf = (choices: OwnerChoices) => ownerOptions(choices, words).map(({ value }) => value);

describe('whom a key can be given to', () => {
  it('a lead gives it to a colleague; oneself is offered once', () => {
    expect(valuesOf(lead)).toEqual(['mem_me', 'organization', 'mem_bob', 'sa_ours', 'sa_off', 'sa_theirs']);
  });

  it('what the API would refuse is disabled: switched-off accounts, and those of other teams', () => {
    const disabled = (choices: OwnerChoices) =>
      ownerOptions(choices, words).flatMap(({ value, disabled: is }) => (is ? value : []));
    expect(disabled(lead)).toEqual(['sa_off']);
    expect(disabled({ ...lead, mayAny: false, members: [] })).toEqual(['sa_off', 'sa_theirs']);
    expect(valuesOf({ ...lead, mayAny: false, members: [] })).not.toContain('organization');
  });

  it('what is typed leaves what matches; members are those that the server found', () => {
    const found = [{ value: 'mem_bob', label: 'Bob' }];
    expect(valuesOf({ ...lead, typed: 'NIGHT', members: [] })).toEqual(['sa_ours']);
    expect(valuesOf({ ...lead, typed: 'ada', members: [] })).toEqual(['mem_me']);
    expect(valuesOf({ ...lead, typed: 'bob', members: found })).toEqual(['mem_bob']);
  });
});
