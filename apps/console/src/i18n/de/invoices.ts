import type { invoices as english } from '../en/invoices.ts';
import type { Translation } from '../translation.ts';

export const invoices: Translation<typeof english> = {
  title: 'Rechnungen',
  description: 'Was genutzt wurde, Posten für Posten, bis zur Anfrage.',
  emptyTitle: 'Noch keine Rechnungen',
  emptyText: 'Der laufende Monat wird zum ersten Entwurf, sobald es Nutzung gibt.',
};
