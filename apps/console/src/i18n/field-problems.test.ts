import { FIELD_CODES } from '@tollgate/api/field-codes';
import { PROBLEM, PROBLEM_REASONS } from '@tollgate/api/problem-codes';
import { describe, expect, it } from 'vitest';
import { de } from './de/index.ts';
import { en } from './en/index.ts';

describe('what the API says of a field', () => {
  it.each([
    ['English', en],
    ['German', de],
  ])('has %s words for each code', (_language, { problems }) => {
    expect(Object.keys(problems.fields).toSorted()).toEqual([...FIELD_CODES].toSorted());
  });
});

/** Said by nobody but this client, about answers that never came from the API. */
const OF_THE_CLIENT = ['network_error', 'invalid_answer'];

describe('what the API refuses', () => {
  it.each([
    ['English', en],
    ['German', de],
  ])('has %s words for each code and each reason', (_language, { problems }) => {
    expect(Object.keys(problems.codes).toSorted()).toEqual(
      [...Object.keys(PROBLEM), ...OF_THE_CLIENT].toSorted(),
    );
    expect(Object.keys(problems.reasons).toSorted()).toEqual([...PROBLEM_REASONS].toSorted());
  });

  it('says how many keys and teams keep a team, and leaves out what is not there', () => {
    expect(en.problems.reasons.team_in_use({ keys: '3', teams: '2' })).toBe(
      'The team cannot go yet: 3 keys in use and 2 teams below it.',
    );
    expect(de.problems.reasons.team_in_use({ keys: '0', teams: '1' })).toBe(
      'Das Team wird noch gebraucht: 1 Team darunter.',
    );
  });
});
