import type { providers as english } from '../en/providers.ts';
import type { Translation } from '../translation.ts';

export const providers: Translation<typeof english> = {
  title: 'Anbieter',
  description: 'Zugangsdaten der Anbieter, an die Anfragen gehen.',
  emptyTitle: 'Kein Anbieter verbunden',
  emptyText:
    'Fügen Sie einen Anbieterschlüssel ein, er wird sofort geprüft. Oder beginnen Sie mit dem Simulator, der nichts kostet.',
};
