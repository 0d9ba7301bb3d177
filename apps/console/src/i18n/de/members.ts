import type { members as english } from '../en/members.ts';
import type { Translation } from '../translation.ts';

export const members: Translation<typeof english> = {
  title: 'Mitglieder',
  description: 'Menschen dieser Organisation und was sie dürfen.',
  emptyTitle: 'Bisher sind nur Sie hier',
  emptyText:
    'Laden Sie Kolleginnen und Kollegen per E-Mail ein. Was sie sehen und ändern dürfen, folgt aus ihrer Rolle.',
};
