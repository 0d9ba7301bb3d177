import type { chargeback as english } from '../en/chargeback.ts';
import type { Translation } from '../translation.ts';

export const chargeback: Translation<typeof english> = {
  title: 'Weiterverrechnung',
  description:
    'Was jedes Team und jede Kostenstelle in einem Monat genutzt hat, wie es damals verzeichnet wurde.',
  month: 'Monat',
  emptyTitle: 'In diesem Monat wurde nichts genutzt',
  emptyText: 'Teams und Kostenstellen erscheinen mit ihrer ersten Anfrage.',
  columns: {
    team: 'Team',
    costCenter: 'Kostenstelle',
    requests: 'Anfragen',
    cost: 'Kosten beim Anbieter',
    charge: 'Berechnet',
    spent: 'Weiterzuverrechnen',
    share: 'Anteil',
  },
  noTeam: 'Kein Team',
  noCostCenter: 'Keine Kostenstelle',
  total: 'Summe',
  totalText: 'Berechnetes bei Zugängen des Betreibers, Kosten bei eigenen.',
  statement: 'Kostennachweis',
};
