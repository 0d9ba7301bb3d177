import type { auth as english } from '../en/auth.ts';
import type { Translation } from '../translation.ts';

export const auth: Translation<typeof english> = {
  name: 'Ihr Name',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  organizationName: 'Organisation',
  organizationHint: 'Ihre Firma oder Ihr Projekt. Jederzeit änderbar.',
  strength: {
    empty: 'Mindestens 10 Zeichen. Ein paar Wörter sind ein gutes.',
    short: 'Mindestens 10 Zeichen.',
    weak: 'Leicht zu erraten. Machen Sie es länger.',
    good: 'Gut.',
    strong: 'Stark.',
  },
  errors: {
    email: 'Geben Sie eine E-Mail-Adresse ein, etwa ada@example.com.',
    passwordShort: 'Mindestens 10 Zeichen.',
    passwordMissing: 'Geben Sie Ihr Passwort ein.',
  },
  signIn: {
    title: 'Anmelden',
    submit: 'Anmelden',
    forgot: 'Vergessen?',
    noAccount: 'Neu hier?',
    toSignUp: 'Konto anlegen',
    ended: 'Sie sind abgemeldet.',
    passwordChanged: 'Ihr Passwort ist geändert. Melden Sie sich mit dem neuen an.',
  },
  signUp: {
    title: 'Konto anlegen',
    intro: 'Ein Schlüssel, der in weniger als einer Minute antwortet.',
    submit: 'Konto anlegen',
    haveAccount: 'Sie haben ein Konto?',
    toSignIn: 'Anmelden',
    taken: 'Diese Adresse hat schon ein Konto.',
  },
  oauth: {
    continueWith: (provider) => `Weiter mit ${provider}`,
    or: 'oder mit E-Mail',
    problems: {
      failed:
        'Diese Anmeldung ist nicht gelungen. Vielleicht wurde sie in einem anderen Fenster begonnen: Versuchen Sie es noch einmal.',
      cancelled: 'Sie haben die Anmeldung abgebrochen.',
      account_not_linked:
        'Diese Adresse hat schon ein Konto. Melden Sie sich zuerst dort an und kommen Sie dann im selben Browser auf diesem Weg wieder. Wenn Sie das Passwort nicht kennen, lassen Sie sich einen Link zum Zurücksetzen an die Adresse schicken: Er bestätigt auch die Adresse. Werden hier keine E-Mails verschickt, fragen Sie, wer diese Installation betreibt.',
      linked_otherwise:
        'Sie kamen bisher mit einem anderen Konto Ihres Identitätsanbieters. Wurde es ersetzt, bitten Sie einen Inhaber Ihrer Organisation, Sie zu entfernen und neu einzuladen, und kommen Sie dann noch einmal auf diesem Weg.',
      account_disabled: 'Dieses Konto ist gesperrt. Fragen Sie, wer diese Installation betreibt.',
      invalid_email:
        'Der Anbieter hat keine brauchbare E-Mail-Adresse genannt. Legen Sie das Konto mit einer Adresse an.',
      sign_up_closed: 'Neue Konten brauchen hier eine Einladung oder eine Adresse einer zugelassenen Domain.',
      invitation_for_other_address: 'Die Einladung gilt für eine andere Adresse als die dieses Kontos.',
      invalid_token: 'Diese Einladung gilt nicht mehr. Bitten Sie um eine neue.',
      invitation_outgrown:
        'Wer Sie eingeladen hat, darf diese Rolle oder dieses Team nicht mehr vergeben. Bitten Sie um eine neue Einladung.',
      too_many_attempts: 'Zu viele Versuche. Warten Sie etwas und versuchen Sie es noch einmal.',
      email_taken: 'Diese Adresse hat schon ein Konto. Melden Sie sich mit dem Passwort an.',
      operators_account:
        'Sie betreiben diese Installation, und Betreiber meldet keine Organisation an. Melden Sie sich mit Passwort oder Passkey an.',
      removed_from_organization:
        'Sie wurden aus dieser Organisation entfernt. Bitten Sie einen Inhaber oder Administrator um eine Einladung, und melden Sie sich dann noch einmal an.',
      not_a_member:
        'Ihr Identitätsanbieter kennt Sie, aber Sie sind hier kein Mitglied. Bitten Sie einen Inhaber oder Administrator Ihrer Organisation um eine Einladung, und melden Sie sich dann noch einmal an.',
      email_not_of_domain:
        'Ihr Identitätsanbieter hat eine E-Mail-Adresse genannt, die zu keiner Domain Ihrer Organisation gehört oder die er nicht bestätigt hat. Bitten Sie, wer ihn betreut, Ihre Adresse dort zu berichtigen.',
      provider_unreachable:
        'Ihr Identitätsanbieter antwortet nicht. Versuchen Sie es in ein paar Minuten noch einmal. Inhaber können sich solange mit einem Passwort anmelden.',
      provider_misconfigured:
        'Ihr Identitätsanbieter und Tollgate verstehen sich nicht. Sagen Sie es einem Inhaber Ihrer Organisation: Unter Einstellungen, Single Sign-on lässt sich der Anbieter testen.',
    },
  },
  singleSignOn: {
    found: (provider) => `Ihre Organisation meldet sich mit ${provider} an.`,
    usePassword: 'Stattdessen ein Passwort',
    wantedTitle: 'Single Sign-on wird verlangt',
    wantedIntro: (organization) =>
      `${organization} lässt Sie nur über den eigenen Identitätsanbieter herein, und Sie sind anders angemeldet.`,
    wantedAfter: 'Danach kommen Sie zu der Seite zurück, die Sie wollten.',
    wantedNoWay: 'Es ist kein Weg zum Identitätsanbieter bekannt. Fragen Sie einen Inhaber der Organisation.',
  },
  signOut: {
    title: 'Abmelden?',
    text: 'Das beendet Ihre Sitzung in diesem Browser. Andere bleiben offen.',
    submit: 'Abmelden',
    stay: 'Angemeldet bleiben',
  },
  verifyEmail: {
    title: 'E-Mail bestätigen',
    checking: 'Ihre Adresse wird bestätigt…',
    done: 'Ihre Adresse ist bestätigt',
    doneText: 'Einladungen und scharfe Zugänge stehen Ihnen jetzt offen.',
    failed: 'Dieser Link gilt nicht',
    failedText: 'Er wurde schon benutzt oder ist älter als ein Tag. Schicken Sie sich einen neuen.',
    waiting: 'Wir haben Ihnen einen Link geschickt. Öffnen Sie ihn, um die Adresse zu bestätigen.',
    resend: 'Neuen Link schicken',
    resent: 'Ein neuer Link ist unterwegs.',
    signInToResend: 'Anmelden und erneut schicken',
    signInFirst: 'Zum Bestätigen anmelden',
    signInFirstText:
      'Der Link bestätigt die Adresse für das Konto, für das er verschickt wurde, und nur in dessen eigener Sitzung. Melden Sie sich an, dann ist es getan.',
    signIn: 'Anmelden',
    notMine: 'Sie haben dieses Konto nicht angelegt?',
    notMineText:
      'Vielleicht hat jemand Ihre Adresse eingegeben. Ein neues Passwort macht das Konto zu Ihrem und beendet alle fremden Sitzungen; oder Sie tun nichts, dann bleibt die Adresse unbestätigt.',
    takeOver: 'Neues Passwort setzen',
    otherAccount: 'Dieser Link gilt für ein anderes Konto',
    otherAccountText:
      'Sie sind mit einer anderen Adresse angemeldet. Melden Sie sich ab und mit der an, die die Mail bekam.',
    signOut: 'Abmelden',
    toConsole: 'Zur Konsole',
  },
  confirmEmail: {
    title: 'E-Mail-Adresse ändern',
    checking: 'Ihre neue Adresse wird bestätigt…',
    done: 'Ihre Adresse ist geändert',
    doneText: (email) =>
      `Ab jetzt melden Sie sich mit ${email} an. Alle anderen Sitzungen sind beendet, und Ihre bisherige Adresse wurde informiert.`,
    failed: 'Dieser Link gilt nicht',
    failedText:
      'Er wurde benutzt, ersetzt oder verworfen, ist älter als einen Tag, oder Sie sind mit einem anderen Konto angemeldet. Ihre Adresse bleibt, wie sie ist.',
    taken: 'Die Adresse hat inzwischen ein Konto',
    takenText:
      'Jemand hat sich damit angemeldet oder kann sie noch zurückholen. Ihre Adresse bleibt, wie sie ist.',
    signInFirst: 'Zum Bestätigen anmelden',
    signInFirstText:
      'Der Link gilt in einer Sitzung Ihres eigenen Kontos. Melden Sie sich mit Ihrer bisherigen Adresse an, dann ist es erledigt.',
    signIn: 'Anmelden',
    toProfile: 'Zu Ihrem Profil',
  },
  undoEmail: {
    title: 'Änderung rückgängig machen?',
    intro:
      'Die Adresse Ihres Kontos wurde geändert. Wenn Sie das nicht waren, machen Sie es rückgängig: Diese Adresse wird wieder Ihre.',
    consequences: [
      'Alle Sitzungen des Kontos enden, überall.',
      'Ihr Passwort gilt nicht mehr; wir schicken Ihnen einen Link für ein neues.',
      'Passkeys, Authenticator-Apps und verknüpfte Konten, die seither dazukamen, werden entfernt.',
    ],
    submit: 'Rückgängig machen',
    done: 'Ihre Adresse ist wieder da',
    doneText: (email) => `Ein Link für ein neues Passwort ist unterwegs an ${email}.`,
    failed: 'Dieser Link gilt nicht',
    failedText:
      'Er wurde schon benutzt oder ist älter als sieben Tage. Fragen Sie, wer diese Installation betreibt.',
    toSignIn: 'Zur Anmeldung',
  },
  banner: {
    text: (email) => `Bestätigen Sie ${email}: Einladungen und scharfe Zugänge warten darauf.`,
    resend: 'Link noch einmal schicken',
    resent: 'Verschickt. Sehen Sie in Ihre Post.',
  },
  forgotPassword: {
    title: 'Passwort vergessen?',
    intro: 'Wir schicken Ihnen einen Link, um ein neues zu wählen.',
    submit: 'Link schicken',
    sentTitle: 'Sehen Sie in Ihre Post',
    sent: (email) =>
      `Wenn ${email} ein Konto hat, ist ein Link unterwegs. Er gilt eine Stunde und nur einmal.`,
    again: 'Andere Adresse versuchen',
    toSignIn: 'Zurück zur Anmeldung',
  },
  resetPassword: {
    title: 'Neues Passwort wählen',
    intro: 'Alle Ihre Sitzungen enden, überall.',
    submit: 'Passwort setzen',
    noToken: 'Dieser Link gilt nicht',
    noTokenText: 'Er wurde schon benutzt oder ist zu alt. Fordern Sie einen neuen an.',
    askAgain: 'Neuen Link anfordern',
  },
  invitation: {
    title: 'Sie sind eingeladen',
    titleFor: (organization) => `${organization} beitreten`,
    loading: 'Ihre Einladung wird gelesen…',
    intro: (email, role) => `Die Einladung gilt für ${email}, als ${role}.`,
    failed: 'Diese Einladung gilt nicht',
    toSignIn: 'Zur Anmeldung',
    toConsole: 'Zur Konsole',
    failedText: 'Sie wurde benutzt, zurückgenommen oder ersetzt, oder ist zu alt. Bitten Sie um eine neue.',
    accept: 'Annehmen',
    acceptAs: (email) => `Sie sind angemeldet als ${email}.`,
    otherAccount: (email) =>
      `Sie sind als ${email} angemeldet, die Einladung gilt aber für eine andere Adresse. Melden Sie sich ab und öffnen Sie den Link noch einmal.`,
    signOut: 'Abmelden',
    newHere: 'Neu hier',
    haveAccount: 'Ich habe ein Konto',
    signUp: 'Konto anlegen und beitreten',
    signIn: 'Anmelden und beitreten',
    roles: {
      owner: 'Eigentümer',
      admin: 'Administrator',
      developer: 'Entwickler',
      finance: 'Finanzen',
      viewer: 'Betrachter',
    },
  },
  newOrganization: {
    title: 'Neue Organisation',
    text: 'Schlüssel, Budgets und Rechnungen sind ihre eigenen. Sie werden Eigentümer.',
    submit: 'Organisation anlegen',
  },
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
