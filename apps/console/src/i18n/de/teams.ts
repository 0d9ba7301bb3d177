import type { teams as english } from '../en/teams.ts';
import type { Translation } from '../translation.ts';

export const teams: Translation<typeof english> = {
  title: 'Teams',
  description: 'Wer gemeinsam ausgibt: Mitglieder, Schlüssel, Budget und Kostenstelle.',
  emptyTitle: 'Noch keine Teams',
  emptyText:
    'Teams tragen Budgets und Grenzen und teilen die Rechnung auf. Meist beginnt man mit einem je Produkt.',
};
