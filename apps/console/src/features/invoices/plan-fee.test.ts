import { describe, expect, it } from 'vitest';
import { de } from '../../i18n/de/index.ts';
import { readPlanFee } from './plan-fee.ts';

describe('fees of a plan on an invoice', () => {
  it('are read from the sentence that the document keeps, for a whole period and for days of it', () => {
    expect(readPlanFee({ component: 'plan', description: 'Team plan' })).toEqual({
      plan: 'Team',
      includedSeats: undefined,
      days: undefined,
    });
    expect(
      readPlanFee({
        component: 'seats',
        description: 'Team plan: seats beyond 5, 2026-11-03 to 2026-11-30',
      }),
    ).toEqual({
      plan: 'Team',
      includedSeats: '5',
      days: { firstMs: Date.UTC(2026, 10, 3), lastMs: Date.UTC(2026, 10, 30) },
    });
  });

  it('are left as they are where they say something else', () => {
    expect(readPlanFee({ component: 'plan', description: 'Agreed by letter' })).toBeUndefined();
    expect(readPlanFee({ component: 'input', description: 'Team plan' })).toBeUndefined();
  });

  it('are said in German', () => {
    expect(de.invoices.planFee('Team', undefined)).toBe('Tarif Team');
    expect(de.invoices.seatFee('Team', '5', '3.–30. November 2026')).toBe(
      'Tarif Team: Plätze über 5 hinaus, 3.–30. November 2026',
    );
  });
});
