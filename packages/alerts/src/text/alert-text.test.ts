import { describe, expect, it } from 'vitest';
import { describeAlert } from './alert-text.ts';
import type { DescribedAlert } from './alert-words.ts';

const EN = { locale: 'en', timeZone: 'America/New_York' } as const;
const DE = { locale: 'de', timeZone: 'America/New_York' } as const;

const alert = (kind: string, figures: Record<string, string>): DescribedAlert => ({
  id: 'alr_1',
  kind,
  severity: 'info',
  state: 'firing',
  targetKind: kind.startsWith('budget') ? 'budget' : 'invoice',
  targetId: 'x_1',
  targetName: 'Large',
  figures,
});

describe('an invoice', () => {
  const figures = {
    number: 'TG-1',
    totalUsd: '12.50',
    livemode: 'true',
    timeZone: 'Europe/Berlin',
    periodStart: '2026-10-31T23:00:00.000Z',
    periodEnd: '2026-11-30T23:00:00.000Z',
    dueAt: '2027-01-03T23:30:00.000Z',
  };

  it('is of its own days, the last of them included, wherever its reader is', () => {
    const english = describeAlert(alert('invoice-finalized', figures), EN);
    expect(english.sentence).toBe('$12.50 for Nov 1, 2026 to Nov 30, 2026.');
    expect(english.facts).toContainEqual({ label: 'Due', value: 'Jan 4, 2027' });
    const german = describeAlert(alert('invoice-failed', figures), DE);
    expect(german.sentence).toBe('12,50\u00a0$ für 01.11.2026 bis 30.11.2026.');
    expect(german.facts).toContainEqual({ label: 'Fällig', value: '04.01.2027' });
  });

  it('of which an older version did not write down the zone is told in the reader’s', () => {
    const { timeZone: _, ...older } = figures;
    expect(describeAlert(alert('invoice-paid', older), EN).sentence).toBe(
      '$12.50 for Oct 31, 2026 to Nov 30, 2026.',
    );
  });
});

describe('late usage', () => {
  const figures = { invoiceNumber: 'TG-1', entries: '1', amountUsd: '12.50' };

  it('says that credits and tax are still to come, since the note will be over another sum', () => {
    const [english, german] = [EN, DE].map((reader) => describeAlert(alert('late-usage', figures), reader));
    expect(english?.sentence).toBe(
      '1 entry came after it was finalized. The invoice stays as it is; a note waits to be issued, over $12.50 before credits and tax.',
    );
    expect(english?.facts).toContainEqual({ label: 'Before credits and tax', value: '$12.50' });
    expect(german?.sentence).toBe(
      '1 Eintrag kam nach dem Abschluss. Die Rechnung bleibt, wie sie ist; eine Korrektur über 12,50\u00a0$ vor Guthaben und Steuern wartet darauf, ausgestellt zu werden.',
    );
    expect(german?.facts).toContainEqual({ label: 'Vor Guthaben und Steuern', value: '12,50\u00a0$' });
    expect(describeAlert(alert('late-usage', { ...figures, entries: '2' }), EN).sentence).toContain(
      '2 entries came',
    );
  });
});

describe('a hard budget that is used up', () => {
  const figures = {
    spentUsd: '100.00',
    limitUsd: '100.00',
    remainingUsd: '0.00',
    share: '100',
    level: '100',
    period: 'month',
    budgetKind: 'hard',
  };
  const sentence = (change: Record<string, string>, reader: typeof EN | typeof DE = EN) =>
    describeAlert(alert('budget-threshold', { ...figures, ...change }), reader).sentence;

  it('refuses, unless another model answers instead', () => {
    expect(sentence({})).toContain('Requests that need it are refused');
    expect(sentence({ standIn: 'small' })).toBe(
      '$100.00 of $100.00 are spent this month. small answers instead until it resets or is raised.',
    );
    expect(sentence({ standIn: 'small' }, DE)).toContain(
      ' Stattdessen antwortet small, bis es neu beginnt oder erhöht wird.',
    );
  });

  it('says who can raise it where that is the operator, and what goes on', () => {
    expect(sentence({ counts: 'resold' })).toContain('or the operator raises it; your own providers go on');
    expect(sentence({ counts: 'resold' }, DE)).toContain(
      'oder der Betreiber es erhöht; Ihre eigenen Anbieter laufen weiter',
    );
  });
});
