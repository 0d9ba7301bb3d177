import type { onboarding as english } from '../en/onboarding.ts';
import type { Translation } from '../translation.ts';

export const onboarding: Translation<typeof english> = {
  title: 'Organisation einrichten',
  description: 'Drei kurze Schritte, jeder kann übersprungen werden.',
  emptyTitle: 'Hier kommt der Assistent',
  emptyText: 'Name, Anbieter, erster Schlüssel.',
};
