import type { auth as english } from '../en/auth.ts';
import type { Translation } from '../translation.ts';

export const auth: Translation<typeof english> = {
  signIn: { title: 'Anmelden' },
  signUp: { title: 'Konto anlegen' },
  verifyEmail: { title: 'E-Mail bestätigen' },
  forgotPassword: { title: 'Passwort vergessen?' },
  resetPassword: { title: 'Neues Passwort wählen' },
  invitation: { title: 'Sie sind eingeladen' },
  panel: {
    headline: 'Die Leitstelle für KI-Verkehr',
    tagline: 'Genau bis auf die letzte Stelle.',
    points: {
      metering: 'Jede Anfrage nach der Zählung des Anbieters bewertet, auf ein Billionstel Dollar.',
      budgets: 'Budgets, die vor dem Aufruf greifen, nicht nach der Rechnung.',
      keys: 'Ein Schlüssel je Anwendung, überall in Sekunden gesperrt.',
    },
  },
};
