import type { members as english } from '../en/members.ts';
import type { Translation } from '../translation.ts';

export const members: Translation<typeof english> = {
  title: 'Mitglieder',
  description: 'Die Personen dieser Organisation und was sie dürfen.',
  emptyTitle: 'Nur Sie sind hier',
  emptyText:
    'Laden Sie Kolleginnen und Kollegen per E-Mail ein. Was sie sehen und ändern, folgt aus ihrer Rolle.',
  tabMembers: 'Mitglieder',
  tabInvitations: 'Einladungen',
  tabRoles: 'Rollen',
  search: 'Name oder Adresse suchen',
  you: 'Sie',
  teams: 'Teams',
  joined: 'Dabei seit',
  invite: 'Einladen',
  inviteTitle: 'Jemanden einladen',
  inviteText: 'Der Link kommt per E-Mail, gilt sieben Tage und nur für diese Adresse.',
  invited: (email) => `Eine Einladung ging an ${email}`,
  invitedMany: (count) =>
    count === 1 ? '1 Einladung wurde verschickt' : `${count} Einladungen wurden verschickt`,
  notInvitedNames: (addresses) => `Nicht eingeladen: ${addresses}`,
  inviteStopped: (sent, left) =>
    `Angehalten: ${sent === 1 ? '1 Einladung' : `${sent} Einladungen`} verschickt, ${left} nicht`,
  notInvited: 'Diese ließen sich nicht einladen',
  emailHint: 'Mehrere auf einmal: mit Kommas oder Leerzeichen dazwischen.',
  tooManyAddresses: (most) => `Höchstens ${most} Adressen auf einmal.`,
  noAddresses: (words, count) =>
    count === 1
      ? `Das ist keine E-Mail-Adresse: ${words}`
      : `Das sind keine E-Mail-Adressen (${count}): ${words}`,
  sendInvitation: 'Einladung senden',
  emailPlaceholder: 'grace@example.com',
  seatsAdded: (fee, free) =>
    free === 0
      ? `Alle Plätze des Tarifs sind belegt. Wer annimmt, fügt einen hinzu: ${fee} im Monat, von diesem Tag an.`
      : `${free === 1 ? 'Ein Platz' : `${free} Plätze`} des Tarifs ${free === 1 ? 'ist' : 'sind'} frei. Wer darüber hinaus annimmt, fügt einen hinzu: ${fee} im Monat, von diesem Tag an.`,
  roleHint: 'Sie können nicht mehr vergeben, als Ihre eigene Rolle erlaubt.',
  teamHint: 'Mit dem Annehmen kommt die Person in dieses Team.',
  changeRole: 'Rolle ändern',
  changeRoleTitle: (name) => `Rolle von ${name}`,
  changeRoleText: 'Sie gilt ab der nächsten Anfrage.',
  roleChanged: (name, role) => `${name} hat jetzt die Rolle ${role}`,
  secondFactor: 'Zweiter Faktor',
  hasFactor: 'ja',
  hasNoFactor: 'keiner',
  endSessions: 'Alle Sitzungen beenden',
  endSessionsTitle: (name) => `Alle Sitzungen von ${name} beenden?`,
  endSessionsText:
    'Jeder angemeldete Browser wird sofort abgemeldet; was dort nicht gesichert war, geht verloren. Eine neue Anmeldung bleibt möglich; Schlüssel und Admin-Tokens bleiben, wie sie sind.',
  sessionsEnded: (name, count) =>
    count === 1 ? `1 Sitzung von ${name} ist beendet` : `${count} Sitzungen von ${name} sind beendet`,
  removeFactor: 'Zweiten Faktor entfernen',
  removeFactorTitle: (name) => `Zweiten Faktor von ${name} entfernen?`,
  removeFactorText:
    'Für jemanden, der ihn samt Wiederherstellungscodes verloren hat. Vergewissern Sie sich, dass wirklich diese Person fragt: Rufen Sie an.',
  removeFactorWhat:
    'Passkeys, Authenticator-App und Wiederherstellungscodes werden entfernt, alle Sitzungen enden, und eine E-Mail informiert die Person. Bis sie wieder einen Faktor hinzufügt, genügt das Passwort zur Anmeldung.',
  factorRemoved: (name) => `Der zweite Faktor von ${name} ist entfernt`,
  remove: 'Aus der Organisation entfernen',
  removeShort: 'Entfernen',
  removeTitle: (name) => `${name} entfernen?`,
  removeText:
    'Der Zugang endet sofort, in jeder offenen Sitzung, und Admin-Token der Person gelten nicht mehr.',
  removeKeys: (count) =>
    count === 1
      ? '1 gültiger Schlüssel gehört dieser Person; er wird sofort gesperrt, auch wenn er für ein Team zählt.'
      : `${count} gültige Schlüssel gehören dieser Person; sie werden sofort gesperrt, auch die, die für Teams zählen.`,
  removeNoKeys: 'Kein gültiger Schlüssel gehört dieser Person.',
  removeKeysHint:
    'Was sie nutzt, wird abgelehnt. Machen Sie vorher ein Dienstkonto zum Inhaber von Schlüsseln der Anwendungen.',
  seeKeys: 'Welche Schlüssel?',
  removed: (name) => `${name} ist entfernt`,
  changeRoleMany: (count) =>
    count === 1 ? 'Rolle eines Mitglieds ändern' : `Rolle von ${count} Mitgliedern ändern`,
  removeMany: (count) => (count === 1 ? 'Ein Mitglied entfernen?' : `${count} Mitglieder entfernen?`),
  removeManyText:
    'Sie verlieren sofort den Zugang, in jeder offenen Sitzung. Ihre Admin-Token gelten nicht mehr, und ihre Schlüssel werden gesperrt, auch solche, die für Teams zählen.',
  leaveText: 'Das sind Sie selbst: Ihr Zugang endet sofort.',
  noInvitationsTitle: 'Keine Einladungen',
  noInvitationsText: 'Wen Sie einladen, der steht hier, bis die Einladung angenommen ist.',
  state: { open: 'Offen', accepted: 'Angenommen', revoked: 'Widerrufen', expired: 'Abgelaufen' },
  expires: 'Gültig bis',
  sent: 'Gesendet',
  resend: 'Erneut senden',
  resent: (email) => `Eine neue Einladung ging an ${email}; der alte Link gilt nicht mehr`,
  revoke: 'Widerrufen',
  revoked: (email) => `Die Einladung an ${email} ist widerrufen`,
  revokeTitle: (email) => `Einladung an ${email} widerrufen?`,
  revokeText: 'Der Link in der E-Mail gilt ab sofort nicht mehr.',
  showClosed: 'Angenommene, widerrufene und abgelaufene zeigen',
  rolesText: 'Was jede Rolle darf. Die API setzt es durch, für die Konsole wie für Token.',
  newRole: 'Neue Rolle',
  editRole: 'Rolle bearbeiten',
  copyRole: 'Als neue Rolle kopieren',
  deleteRole: 'Rolle löschen',
  roleMenu: (role) => `Aktionen für die Rolle ${role}`,
  copyOf: (role) => `Kopie von ${role}`,
  roleFormText: 'Sie erlaubt, was angekreuzt ist, sonst nichts, und nicht mehr als Ihre eigene Rolle.',
  roleName: 'Name',
  roleNamePlaceholder: 'Revision',
  roleDescription: 'Beschreibung',
  roleDescriptionPlaceholder: 'Was Personen mit dieser Rolle tun',
  allowNothing: 'Nichts ist angekreuzt: Personen mit dieser Rolle sehen nur ihr eigenes Profil.',
  roleHeld: (count) =>
    count === 1
      ? '1 Mitglied hat diese Rolle; eine Änderung gilt ab der nächsten Anfrage.'
      : `${count} Mitglieder haben diese Rolle; eine Änderung gilt ab der nächsten Anfrage.`,
  ownRole: 'Das ist Ihre eigene Rolle: Was Sie wegnehmen, verlieren Sie sofort.',
  notYours: 'Ihre eigene Rolle erlaubt es nicht.',
  roleCreated: (role) => `Die Rolle ${role} ist angelegt`,
  roleSaved: (role) => `Die Rolle ${role} ist geändert`,
  roleDeleted: (role) => `Die Rolle ${role} ist gelöscht`,
  deleteRoleTitle: (role) => `Rolle ${role} löschen?`,
  deleteRoleUnused:
    'Niemand hat sie, niemand ist dazu eingeladen, und kein Benachrichtigungskanal richtet sich an sie.',
  deleteRoleHeld: (members, invitations) =>
    `Sie ist die Rolle von ${[
      members > 0 && (members === 1 ? '1 Mitglied' : `${members} Mitgliedern`),
      invitations > 0 && (invitations === 1 ? '1 offenen Einladung' : `${invitations} offenen Einladungen`),
    ]
      .filter(Boolean)
      .join(' und von ')}. An ihre Stelle tritt sofort eine andere.`,
  deleteRoleMailed: (channels) =>
    channels === 1
      ? '1 Benachrichtigungskanal schreibt allen, die sie haben; von da an schreibt er allen mit der Rolle, die Sie hier wählen.'
      : `${channels} Benachrichtigungskanäle schreiben allen, die sie haben; von da an schreiben sie allen mit der Rolle, die Sie hier wählen.`,
  replacement: 'Rolle stattdessen',
  memberCount: (count) => (count === 1 ? '1 Mitglied' : `${count} Mitglieder`),
  nobody: 'niemand',
  allRoles: 'Alle Rollen',
  allowedOf: (allowed, all) => `${allowed} von ${all}`,
  groups: {
    people: 'Personen und Zugang',
    traffic: 'Verkehr',
    money: 'Geld',
    notices: 'Meldungen und Webhooks',
    other: 'Weiteres',
  },
  permissions: {
    'organization:read': 'Name, Zeitzone und Einstellungen der Organisation sehen.',
    'organization:write': 'Name, Zeitzone und Einstellungen der Organisation ändern.',
    'teams:read': 'Teams, ihre Mitglieder und Kostenstellen sehen.',
    'teams:write':
      'Teams anlegen, verschieben, ändern und archivieren; Personen hinein- und herausnehmen. In Teams mit Schlüsseln nur, wo man diese verwalten darf.',
    'members:read': 'Mitglieder mit Adressen und Rollen sowie Einladungen sehen.',
    'members:write':
      'Personen einladen, ihnen Rollen geben und sie entfernen; in ein Team nur mit dem Recht, Teams zu ändern.',
    'roles:read': 'Sehen, was jede Rolle erlaubt.',
    'roles:write': 'Rollen der Organisation anlegen, ändern und löschen.',
    'service-accounts:read': 'Dienstkonten und ihre Inhaber sehen.',
    'service-accounts:write': 'Dienstkonten anlegen, ändern und abschalten.',
    'admin-tokens:read': 'Sehen, welche Token für die Admin-API es gibt; nie ihre Geheimnisse.',
    'admin-tokens:write': 'Token für die Admin-API anlegen und widerrufen.',
    'provider-credentials:read':
      'Sehen, welche Anbieter verbunden sind und wie es ihnen geht; nie deren Schlüssel.',
    'provider-credentials:write': 'Anbieter verbinden, ihre Schlüssel ersetzen und sie trennen.',
    'models:read': 'Sehen, welche Modelle nutzbar sind, mit Preisen und Fähigkeiten.',
    'keys:read': 'Virtuelle Schlüssel mit Umfang, Limits und Ausgaben sehen; nie ihre Geheimnisse.',
    'keys:write':
      'Schlüssel der eigenen Teams, die eigenen und die der Dienstkonten dieser Teams anlegen, ändern, erneuern und sperren.',
    'keys:write-any': 'Jeden Schlüssel der Organisation anlegen, ändern, erneuern und sperren.',
    'rate-limits:read': 'Ratenlimits und ihren Verbrauch sehen.',
    'rate-limits:write': 'Ratenlimits anlegen, ändern und löschen.',
    'budgets:read': 'Budgets, ihren Verbrauch und Prognosen sehen.',
    'budgets:write': 'Budgets anlegen, ändern, zurücksetzen und archivieren.',
    'routes:read': 'Routen und die Anbieter sehen, zu denen sie führen.',
    'routes:write': 'Routen anlegen, ändern und löschen.',
    'usage:read': 'Ausgaben, Token und Anfragen nach Team, Schlüssel, Mitglied und Modell sehen.',
    'requests:read': 'Einzelne Anfragen mit Kosten und Fehlern sehen und exportieren.',
    'payloads:read':
      'Lesen, was in Anfragen stand und geantwortet wurde, wo die Organisation das aufbewahrt; jedes Lesen steht im Prüfprotokoll.',
    'prices:read': 'Das Preisbuch sehen und was Modelle ohne Preis verbraucht haben.',
    'prices:write': 'Eigene Preise festlegen und einen Zeitraum neu bewerten.',
    'invoices:read': 'Rechnungen und Gutschriften mit ihren Posten sehen und exportieren.',
    'invoices:write': 'Rechnungen abschließen und stornieren, Gutschriften ausstellen, den Monat schließen.',
    'billing:read': 'Tarif, Guthaben, Rechnungsadresse und Zahlungsmittel sehen.',
    'billing:write': 'Tarif, Zahlungsmittel, Rechnungsadresse und Guthaben ändern.',
    'alerts:read': 'Meldungen, ihre Regeln und die Kanäle sehen, an die sie gehen.',
    'alerts:write': 'Meldungen quittieren; Regeln und Kanäle anlegen und ändern.',
    'webhooks:read': 'Webhook-Endpunkte sehen und was an sie gesendet wurde.',
    'webhooks:write': 'Webhook-Endpunkte anlegen und ändern, Ereignisse erneut senden.',
    'audit:read': 'Das Prüfprotokoll sehen: wer was geändert hat, vorher und nachher.',
    'sso:read':
      'Bestätigte Domains und den Identitätsanbieter sehen, über den sich Mitglieder anmelden; nie dessen Geheimnis.',
    'sso:write':
      'Domains bestätigen und den Identitätsanbieter festlegen: Wer das darf, kann sich als jede Person mit einer Adresse einer bestätigten Domain anmelden, auch als Inhaber.',
  },
  roleDescriptions: {
    owner: 'Alles, Tarif und Zahlung eingeschlossen. Eine Organisation hat mindestens eine Person damit.',
    admin: 'Alles außer Tarif und Zahlung zu ändern.',
    developer: 'Sieht das Produkt und macht Schlüssel für sich und die eigenen Teams.',
    finance: 'Sieht das Produkt und kümmert sich um Budgets, Preise, Rechnungen und Zahlung.',
    viewer: 'Sieht das Produkt und ändert nichts.',
  },
  allowed: 'erlaubt',
  notAllowed: 'nicht erlaubt',
  custom: 'eigene',
  yourRole: 'Ihre Rolle',
  areas: {
    organization: 'Organisation',
    teams: 'Teams',
    members: 'Mitglieder und Einladungen',
    roles: 'Rollen',
    'service-accounts': 'Dienstkonten',
    'admin-tokens': 'Admin-Token',
    'provider-credentials': 'Anbieter-Zugänge',
    models: 'Modelle',
    keys: 'Schlüssel',
    'rate-limits': 'Ratenlimits',
    budgets: 'Budgets',
    routes: 'Routen',
    usage: 'Nutzung',
    requests: 'Anfragen',
    payloads: 'Inhalte von Anfragen',
    prices: 'Preise',
    invoices: 'Rechnungen',
    billing: 'Abrechnung und Zahlung',
    alerts: 'Meldungen',
    webhooks: 'Webhooks',
    audit: 'Prüfprotokoll',
    sso: 'Single Sign-on',
  },
  actions: { read: 'sehen', write: 'ändern', 'write-any': 'alle ändern' },
};
