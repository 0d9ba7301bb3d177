import type { overview as english } from '../en/overview.ts';
import type { Translation } from '../translation.ts';

export const overview: Translation<typeof english> = {
  title: 'Übersicht',
  description: 'Was Ihre Schlüssel getan haben, was es kostete und was Aufmerksamkeit braucht.',
  emptyTitle: 'Noch ist nichts geschehen',
  emptyText:
    'Legen Sie einen virtuellen Schlüssel an und senden Sie eine Anfrage durch das Gateway: Kosten, Verkehr und Fehler erscheinen hier.',
};
