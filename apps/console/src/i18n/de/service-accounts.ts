import type { serviceAccounts as english } from '../en/service-accounts.ts';
import type { Translation } from '../translation.ts';

export const serviceAccounts: Translation<typeof english> = {
  title: 'Dienstkonten',
  description: 'Inhaber von Schlüsseln, die keine Person sind: eine Anwendung, ein Ablauf, ein Roboter.',
  create: 'Dienstkonto anlegen',
  search: 'Suche nach Name',
  name: 'Name',
  nameHint: 'Was es ist, etwa nachtexport.',
  teamHint: 'Mitglieder des Teams verwalten seine Schlüssel.',
  createText: 'Es kann sich nicht anmelden. Ihm gehören Schlüssel, und sie bleiben, wenn Leute gehen.',
  save: 'Speichern',
  editTitle: 'Dienstkonto ändern',
  enabled: 'Freigegeben',
  disabled: 'Gesperrt',
  allStates: 'Alle Status',
  keys: 'Schlüssel',
  created: 'Angelegt',
  disable: 'Sperren',
  enable: 'Freigeben',
  disableTitle: (name) => `${name} sperren?`,
  disableText:
    'Jedes Gateway lehnt seine Schlüssel binnen einer Sekunde ab. Mit der Freigabe gelten sie wieder.',
  willStop: (count) => `${count} seiner Schlüssel sind in Gebrauch.`,
  disabledNow: (name) => `${name} ist gesperrt: Seine Schlüssel werden abgelehnt`,
  enabledNow: (name) => `${name} ist freigegeben: Seine Schlüssel gelten wieder`,
  emptyTitle: 'Noch keine Dienstkonten',
  emptyText:
    'Geben Sie Anwendungen Schlüssel eines Dienstkontos, damit sie weiterlaufen, wenn ihr Ersteller geht.',
  ownKeys: 'Seine Schlüssel',
  noKeys: 'Ihm gehören noch keine Schlüssel.',
  createKey: 'Einen Schlüssel dafür anlegen',
  allKeys: 'Alle seine Schlüssel',
  createdNow: (name) => `${name} ist angelegt`,
};
