import type { problems as english } from '../en/problems.ts';
import type { Translation } from '../translation.ts';

export const problems: Translation<typeof english> = {
  unexpected: 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',
  codes: {
    network_error: 'Der Server ist nicht erreichbar. Bitte prüfen Sie die Verbindung.',
    invalid_answer: 'Der Server hat unverständlich geantwortet. Bitte versuchen Sie es noch einmal.',
    invalid_credentials: 'Adresse oder Passwort ist falsch.',
    unauthenticated: 'Ihre Sitzung ist beendet. Bitte melden Sie sich neu an.',
    permission_denied: 'Ihre Rolle erlaubt das nicht.',
    email_not_verified: 'Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse.',
    sign_up_closed: 'Hier gibt es keine freie Anmeldung. Sie brauchen eine Einladung.',
    too_many_requests: 'Zu viele Versuche. Bitte warten Sie einen Moment.',
    version_conflict: 'Jemand hat dies inzwischen geändert. Bitte neu laden.',
    name_taken: 'Dieser Name ist vergeben.',
    service_unavailable: 'Ein Dienst hinter der Konsole antwortet nicht. Bitte gleich noch einmal versuchen.',
    internal_error: 'Bei uns ist etwas schiefgegangen. Der Fehler wurde aufgezeichnet.',
  },
};
