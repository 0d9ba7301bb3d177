/** How an organization sets its own identity provider up, and what follows from it, in both languages. */
import type { Locale } from '../../../i18n/locale.ts';
import { type DocPages, heading, list, note, steps, table, text } from '../doc-block.ts';

export const singleSignOnPage: Readonly<Record<Locale, Pick<DocPages, 'single-sign-on'>>> = {
  en: {
    'single-sign-on': {
      title: 'Single sign-on',
      summary: 'How do I set up single sign-on? Three steps, about ten minutes, and access to your DNS.',
      blocks: [
        heading('set-up', 'Setting it up'),
        steps(
          'Under [Single sign-on](/settings/single-sign-on), add the part of your addresses after the @, such as `example.com`. Put the record that is shown into the DNS of that domain: type TXT, name `_tollgate.example.com`. Then press “Check now”.',
          'At your identity provider, register a web application: OpenID Connect, authorization code, PKCE with S256, a client secret. As redirect URI give the one that is shown. It has to release `email`, and `name` if you like.',
          'Back here, enter a name for the button, the issuer, the client ID and the client secret. “Test” reads the issuer’s configuration and tells what is missing, field by field.',
          'Sign in with it once yourself. Then, if you want, require it.',
        ),
        heading('where', 'Where things are'),
        table(
          ['Provider', 'Issuer', 'Where'],
          [
            'Okta',
            '`https://YOUR-DOMAIN.okta.com`',
            'Applications, Create App Integration, OIDC, Web Application',
          ],
          [
            'Microsoft Entra ID',
            '`https://login.microsoftonline.com/TENANT-ID/v2.0`',
            'App registrations, platform Web; add the optional claim `email` to the ID token',
          ],
          [
            'Google Workspace',
            '`https://accounts.google.com`',
            'Google Cloud console, OAuth client, type Web; accounts of a verified domain only (`hd`)',
          ],
          ['Keycloak', '`https://HOST/realms/REALM`', 'Clients, client authentication on'],
        ),
        heading('who', 'Who gets in, and as what'),
        list(
          'Whoever types an address of a verified domain at sign-in is sent to your provider, before any password.',
          'Who has an account here with that address keeps it. Was the address never verified, the password and sessions of whoever made the account end: it belongs to the one whom your provider names. Not so where it has a second factor or an organization: then sign in to it first, in the same browser.',
          'Who has none becomes a member with the role that you chose, or that of an invitation. Without “make people members”, only an invitation lets somebody in.',
          'Who was removed stays out until somebody invites them again.',
          'The provider’s id of a person counts, not their address: a changed address stays the same person, as long as their address here is of a verified domain. Operators of the installation never sign in this way.',
        ),
        heading('sessions', 'How long sessions last'),
        text(
          'A session by your provider ends after 24 hours in any case: who is gone there is out here within a day. Removing a member here ends their access at once. Removing the provider or a domain, or another issuer or client ID, ends what was opened by it at once. [Sessions](/settings/sessions) tells by which provider each was opened.',
        ),
        heading('required', 'Requiring it'),
        text(
          'Members with an address of a verified domain then get into this organization only by your provider: a password, a passkey or another account leads to a page that says so and has one button. It is judged with every call, so sessions that are open are held to it from the next click on.',
        ),
        list(
          'Owners are exempt, so that a broken provider locks nobody out. The [audit log](/settings/audit-log) tells when they come another way.',
          'Members with addresses of other domains who never came by the provider are exempt: guests, consultants.',
          'Admin tokens and virtual keys are not people: they go on.',
        ),
        text(
          'Somebody who came by your provider may set a password or a passkey, and make admin tokens where their role allows it. All of these outlive the provider’s session. Password and passkey do not open an organization that requires its provider; an admin token does until it is revoked or its maker is removed. So remove whoever leaves here as well.',
        ),
        note(
          'Who may set the identity provider can sign in as anybody of the domain. That is why it takes an owner who has just signed in, and why no admin token may do it.',
          'warning',
        ),
        heading('trouble', 'When it does not work'),
        table(
          ['What is said', 'What to do'],
          [
            'there is no TXT record yet',
            'look at the name: many name servers add the domain by themselves, then it is `_tollgate` alone',
          ],
          [
            'the address is not of a domain of your organization',
            'verify that domain as well, or correct the address',
          ],
          ['you are no member', 'invite the person, or let people become members at their first sign-in'],
          [
            'the provider does not answer',
            'owners sign in with “Use a password instead”; everybody else waits',
          ],
        ),
      ],
    },
  },
  de: {
    'single-sign-on': {
      title: 'Single Sign-on',
      summary: 'Wie richte ich Single Sign-on ein? Drei Schritte, etwa zehn Minuten und Zugang zu Ihrem DNS.',
      blocks: [
        heading('set-up', 'Einrichten'),
        steps(
          'Fügen Sie unter [Single Sign-on](/settings/single-sign-on) den Teil Ihrer Adressen nach dem @ hinzu, etwa `example.com`. Setzen Sie den gezeigten Eintrag in das DNS dieser Domain: Typ TXT, Name `_tollgate.example.com`. Dann „Jetzt prüfen“.',
          'Melden Sie bei Ihrem Identitätsanbieter eine Webanwendung an: OpenID Connect, Authorization Code, PKCE mit S256, ein Client-Secret. Als Redirect-URI geben Sie die gezeigte an. Er muss `email` freigeben, und `name`, wenn Sie mögen.',
          'Geben Sie hier einen Namen für die Schaltfläche, Issuer, Client-ID und Client-Secret ein. „Testen“ liest die Konfiguration des Issuers und sagt Feld für Feld, was fehlt.',
          'Melden Sie sich einmal selbst damit an. Dann können Sie es verlangen.',
        ),
        heading('where', 'Wo was steht'),
        table(
          ['Anbieter', 'Issuer', 'Wo'],
          [
            'Okta',
            '`https://IHRE-DOMAIN.okta.com`',
            'Applications, Create App Integration, OIDC, Web Application',
          ],
          [
            'Microsoft Entra ID',
            '`https://login.microsoftonline.com/TENANT-ID/v2.0`',
            'App-Registrierungen, Plattform Web; den optionalen Anspruch `email` zum ID-Token hinzufügen',
          ],
          [
            'Google Workspace',
            '`https://accounts.google.com`',
            'Google Cloud Console, OAuth-Client, Typ Web; nur Konten einer bestätigten Domain (`hd`)',
          ],
          ['Keycloak', '`https://HOST/realms/REALM`', 'Clients, Client authentication eingeschaltet'],
        ),
        heading('who', 'Wer hereinkommt, und als was'),
        list(
          'Wer beim Anmelden eine Adresse einer bestätigten Domain eingibt, wird zu Ihrem Anbieter geleitet, vor jedem Passwort.',
          'Wer mit dieser Adresse hier ein Konto hat, behält es. War die Adresse nie bestätigt, enden Passwort und Sitzungen dessen, der das Konto angelegt hat: Es gehört dem, den Ihr Anbieter nennt. Anders, wenn es einen zweiten Faktor oder eine Organisation hat: Dann melden Sie sich zuerst im selben Browser bei ihm an.',
          'Wer keines hat, wird Mitglied mit der gewählten Rolle oder der einer Einladung. Ohne „Personen zu Mitgliedern machen“ kommt nur herein, wer eingeladen ist.',
          'Wer entfernt wurde, bleibt draußen, bis jemand ihn wieder einlädt.',
          'Es zählt die Kennung einer Person beim Anbieter, nicht ihre Adresse: Mit neuer Adresse bleibt sie dieselbe, solange ihre Adresse hier zu einer bestätigten Domain gehört. Betreiber der Installation melden sich nie auf diesem Weg an.',
        ),
        heading('sessions', 'Wie lange Sitzungen dauern'),
        text(
          'Eine Sitzung über Ihren Anbieter endet in jedem Fall nach 24 Stunden: Wer dort geht, ist hier binnen eines Tages draußen. Wird jemand hier als Mitglied entfernt, endet der Zugang sofort. Wird der Anbieter oder eine Domain entfernt, oder ändern sich Issuer oder Client-ID, endet sofort, was damit geöffnet wurde. [Sitzungen](/settings/sessions) sagt, über welchen Anbieter jede geöffnet wurde.',
        ),
        heading('required', 'Verlangen'),
        text(
          'Mitglieder mit einer Adresse einer bestätigten Domain kommen dann nur über Ihren Anbieter in diese Organisation: Passwort, Passkey oder ein anderes Konto führen zu einer Seite, die das sagt und eine Schaltfläche hat. Geprüft wird es bei jedem Aufruf, also ab dem nächsten Klick auch für offene Sitzungen.',
        ),
        list(
          'Inhaber sind ausgenommen, damit ein gestörter Anbieter niemanden aussperrt. Das [Prüfprotokoll](/settings/audit-log) nennt es, wenn sie anders hereinkommen.',
          'Mitglieder mit Adressen anderer Domains, die nie über den Anbieter kamen, sind ausgenommen: Gäste, Berater.',
          'Admin-Token und virtuelle Schlüssel sind keine Personen: Sie gelten weiter.',
        ),
        text(
          'Wer über Ihren Anbieter kam, kann ein Passwort oder einen Passkey setzen und, wo seine Rolle es erlaubt, Admin-Token anlegen. All das überdauert die Sitzung des Anbieters. Passwort und Passkey öffnen keine Organisation, die ihren Anbieter verlangt; ein Admin-Token schon, bis es gesperrt oder wer es angelegt hat entfernt wird. Entfernen Sie darum auch hier, wer geht.',
        ),
        note(
          'Wer den Identitätsanbieter setzen darf, kann sich als jede Person der Domain anmelden. Darum braucht es einen Inhaber, der sich eben angemeldet hat, und darum darf es kein Admin-Token.',
          'warning',
        ),
        heading('trouble', 'Wenn es nicht geht'),
        table(
          ['Was gesagt wird', 'Was zu tun ist'],
          [
            'es steht noch kein TXT-Eintrag da',
            'sehen Sie den Namen an: Viele Nameserver ergänzen die Domain selbst, dann ist er nur `_tollgate`',
          ],
          [
            'die Adresse gehört zu keiner Domain Ihrer Organisation',
            'bestätigen Sie auch diese Domain, oder berichtigen Sie die Adresse',
          ],
          [
            'Sie sind kein Mitglied',
            'laden Sie die Person ein, oder lassen Sie Personen bei der ersten Anmeldung Mitglied werden',
          ],
          [
            'der Anbieter antwortet nicht',
            'Inhaber melden sich mit „Stattdessen ein Passwort“ an; alle anderen warten',
          ],
        ),
      ],
    },
  },
};
