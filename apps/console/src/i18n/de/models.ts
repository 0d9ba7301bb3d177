import type { models as english } from '../en/models.ts';
import type { Translation } from '../translation.ts';

export const models: Translation<typeof english> = {
  title: 'Modelle',
  description: 'Was Ihre Organisation erreicht, mit Preisen und Fähigkeiten.',
  emptyTitle: 'Keine Modelle erreichbar',
  emptyText: 'Modelle erscheinen, sobald ein Anbieter verbunden ist.',
};
