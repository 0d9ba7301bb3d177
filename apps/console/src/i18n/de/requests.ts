import type { requests as english } from '../en/requests.ts';
import type { Translation } from '../translation.ts';

export const requests: Translation<typeof english> = {
  title: 'Anfragen',
  description: 'Jede Anfrage mit Versuchen, Token und Kosten.',
  emptyTitle: 'Noch keine Anfragen',
  emptyText:
    'Richten Sie ein SDK mit einem Ihrer Schlüssel auf das Gateway. Anfragen erscheinen hier, sobald sie enden.',
};
