import type { keys as english } from '../en/keys.ts';
import type { Translation } from '../translation.ts';

export const keys: Translation<typeof english> = {
  title: 'Schlüssel',
  description: 'Virtuelle Schlüssel geben jeder Anwendung eigene Grenzen, ein Budget und eine Rechnung.',
  emptyTitle: 'Noch keine Schlüssel',
  emptyText:
    'Ein Schlüssel gehört einem Team, erreicht nur die gewählten Modelle und hält an seinem Budget an. Der erste dauert zehn Sekunden.',
};
