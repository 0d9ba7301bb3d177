import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONNECTION_FAULTS, FAULT_TEXT, faultOfText } from '@tollgate/api/connection-faults';
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

const ALERTS = join(import.meta.dirname, '../../../../packages/alerts/src');
const DELIVERY_SENTENCES = join(ALERTS, 'outbound/post-json.ts');
const MAIL_SENTENCES = join(ALERTS, 'channels/deliver.ts');

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

  it.each([
    ['English', en],
    ['German', de],
  ])('has %s words for each reason why a call to another host failed', (_language, { problems }) => {
    expect(Object.keys(problems.faults).toSorted()).toEqual([...CONNECTION_FAULTS].toSorted());
  });

  it('finds the fault behind what was kept as a sentence, as tests and deliveries write it', () => {
    for (const fault of CONNECTION_FAULTS) expect(faultOfText(`${FAULT_TEXT[fault]} (404)`)).toBe(fault);
    const delivery = readFileSync(DELIVERY_SENTENCES, 'utf8');
    const said = [...delivery.matchAll(/(?:: |return [`'])[`']?((?:The|It) [^`'$(]+)/g)].map(
      ([, text = '']) => text,
    );
    expect(said.length).toBeGreaterThan(6);
    expect(said.filter((text) => faultOfText(text) === null)).toEqual([]);
    const [, nobody = ''] = /error: '([^']+)'/.exec(readFileSync(MAIL_SENTENCES, 'utf8')) ?? [];
    expect(faultOfText(nobody)).toBe('no_recipients');
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
