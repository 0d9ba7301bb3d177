import type { common as english } from '../en/common.ts';
import type { Translation } from '../translation.ts';

export const common: Translation<typeof english> = {
  save: 'Speichern',
  cancel: 'Abbrechen',
  create: 'Anlegen',
  edit: 'Bearbeiten',
  delete: 'Löschen',
  back: 'Zurück',
  next: 'Weiter',
  skip: 'Überspringen',
  done: 'Fertig',
  saved: 'Gespeichert',
  name: 'Name',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  status: 'Status',
  created: 'Angelegt',
  lastUsed: 'Zuletzt genutzt',
  never: 'nie',
  all: 'Alle',
  filter: 'Filter',
  clearFilters: 'Filter leeren',
  exportCsv: 'CSV exportieren',
};
