'use client';
/** Head of a column of buttons: named for those who hear the table, silent for those who see it. */
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ActionsHead() {
  return <span className="sr-only">{useMessages('parts').actions}</span>;
}
