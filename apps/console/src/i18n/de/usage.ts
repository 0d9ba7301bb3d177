import type { usage as english } from '../en/usage.ts';
import type { Translation } from '../translation.ts';

export const usage: Translation<typeof english> = {
  title: 'Nutzung',
  description: 'Kosten, Token und Anfragen, nach jeder Dimension und für jeden Zeitraum.',
  emptyTitle: 'Keine Nutzung in diesem Zeitraum',
  emptyText:
    'Gezählt wird ab der ersten Anfrage. Wählen Sie einen längeren Zeitraum oder senden Sie eine Anfrage.',
  none: 'Ohne Angabe',
};
