import type { problems as english } from '../en/problems.ts';
import type { Translation } from '../translation.ts';

export const problems: Translation<typeof english> = {
  unexpected: 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',
  codes: {
    network_error: 'Der Server ist nicht erreichbar. Bitte prüfen Sie die Verbindung.',
    invalid_answer: 'Der Server hat unverständlich geantwortet. Bitte versuchen Sie es noch einmal.',
    invalid_credentials: 'Adresse oder Passwort ist falsch.',
    unauthenticated: 'Ihre Sitzung ist beendet. Bitte melden Sie sich neu an.',
    organization_closed: 'Diese Organisation ist geschlossen: Ändern lässt sich nichts mehr.',
    sign_in_expired: 'Diese Anmeldung hat zu lange gedauert. Beginnen Sie von vorn.',
    reauthentication_required: 'Melden Sie sich dafür noch einmal an.',
    single_sign_on_required: 'Diese Organisation lässt Sie nur über ihren Identitätsanbieter herein.',
    second_factor_required: 'Diese Organisation verlangt einen zweiten Faktor.',
    person_changed:
      'In diesem Browser hat sich inzwischen jemand anderes angemeldet. Bitte laden Sie diese Seite neu.',
    second_factor_exists: 'Es gibt schon einen.',
    passkey_refused: 'Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal.',
    permission_denied: 'Ihre Rolle erlaubt das nicht.',
    email_not_verified: 'Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse.',
    sign_up_closed: 'Hier gibt es keine freie Anmeldung. Sie brauchen eine Einladung.',
    too_many_codes:
      'Zu viele falsche Codes. Bis zu 24 Stunden lang wird kein Code angenommen; ein Passkey geht weiterhin. Das waren nicht Sie? Ändern Sie Ihr Passwort.',
    reauthentication_not_shown:
      'Der Anbieter hat nicht mitgeteilt, dass er Sie gerade gefragt hat, wer Sie sind. Melden Sie sich stattdessen ab und wieder an.',
    member_of_others:
      'Diese Person gehört auch zu anderen Organisationen, die der Faktor ebenso schützt. Fragen Sie, wer diese Installation betreibt.',
    invitation_outgrown:
      'Wer Sie eingeladen hat, darf diese Rolle oder dieses Team nicht mehr vergeben. Bitten Sie um eine neue Einladung.',
    too_many_requests: 'Zu viele Versuche. Bitte warten Sie einen Moment.',
    version_conflict: 'Jemand hat dies inzwischen geändert. Bitte neu laden.',
    name_taken: 'Dieser Name ist vergeben.',
    service_unavailable: 'Ein Dienst hinter der Konsole antwortet nicht. Bitte gleich noch einmal versuchen.',
    not_found: 'Das gibt es hier nicht mehr.',
    exceeds_own_permissions: 'Niemand gibt mehr weiter, als er selbst hat.',
    last_owner: 'Eine Organisation hat mindestens einen Inhaber.',
    not_enforced:
      'Die Gateways dieser Installation setzen Limits noch nicht durch; deshalb lassen sich keine anlegen.',
    email_taken: 'Diese Adresse hat schon ein Konto.',
    already_member: 'Diese Person ist schon Mitglied.',
    in_use: 'Es wird noch verwendet.',
    request_too_large: 'Das ist zu groß zum Senden.',
    request_timeout: 'Das Senden hat zu lange gedauert. Versuchen Sie es noch einmal.',
    link_for_other_account: 'Dieser Link gilt für ein anderes Konto.',
    invalid_request: 'Etwas daran ist nicht gültig.',
    invalid_json: 'Die Anfrage kam beschädigt an. Bitte neu laden und noch einmal versuchen.',
    organization_required: 'Wählen Sie zuerst eine Organisation: Sie gehören zu mehreren oder zu keiner.',
    method_not_allowed: 'Das ist hier nicht möglich.',
    csrf_refused: 'Das kam nicht aus der Konsole selbst. Bitte neu laden und noch einmal versuchen.',
    conflict: 'Das passt nicht zum jetzigen Stand. Laden Sie neu, um zu sehen, was sich geändert hat.',
    idempotency_in_progress: 'Dieselbe Änderung läuft noch. Bitte warten Sie einen Moment.',
    idempotency_key_reused:
      'Das wurde schon einmal mit anderem Inhalt gesendet. Bitte neu laden und noch einmal versuchen.',
    unsupported_media_type: 'Diese Art von Datei wird nicht angenommen.',
    internal_error: 'Bei uns ist etwas schiefgegangen. Der Fehler wurde aufgezeichnet.',
  },
  reasons: {
    room: ({ limit }) => `Mehr als ${limit} gibt es davon nicht. Entfernen Sie zuerst eines.`,
    budgets_per_key: ({ limit }) =>
      `Ein Schlüssel hat höchstens ${limit} Budgets. Ändern oder archivieren Sie zuerst eines.`,
    dunning_limit: () =>
      'Dieses Limit gilt, weil eine Rechnung überfällig ist. Es entfällt von selbst, sobald sie bezahlt ist oder der Betreiber dieser Installation sie erledigt.',
    set_by_operator: () =>
      'Der Betreiber dieser Installation hat dieses Budget gesetzt, für die Modelle, die er stellt. Bitten Sie ihn um mehr, oder verbinden Sie einen eigenen Anbieter.',
    routes_too_large: ({ limit }) =>
      `Alle Routen einer Organisation haben zusammen höchstens ${limit} Bytes. Kürzen Sie zuerst eine.`,
    key_revoked: () => 'Der Schlüssel ist gesperrt und lässt sich nicht mehr ändern.',
    role_built_in: () => 'Diese Rolle ist eingebaut. Legen Sie eine eigene nach ihrem Vorbild an.',
    operators_account: () =>
      'Diese Person betreibt die Installation. Über ihr Konto bestimmt nur, wer sie ebenfalls betreibt.',
    team_keys: () =>
      'Dort gibt es Schlüssel, die Sie nicht verwalten dürfen, und dies gäbe Macht über sie. Dazu braucht es das Recht auf jeden Schlüssel oder die Zugehörigkeit zu jenem Team.',
    exists: () => 'Das gibt es schon.',
    referred_to: () =>
      'Etwas anderes bezieht sich noch darauf, oder es bezieht sich auf etwas, das es nicht mehr gibt.',
    too_many_passkeys: () => 'Mehr Passkeys sind nicht möglich. Entfernen Sie zuerst einen.',
    came_with_organization: () =>
      'Das gehört zur Grundausstattung der Organisation. Schalten Sie es stattdessen ab.',
    team_in_use: ({ keys, teams }) =>
      `Das Team wird noch gebraucht: ${[
        keys !== '0' && (keys === '1' ? '1 Schlüssel in Gebrauch' : `${keys} Schlüssel in Gebrauch`),
        teams !== '0' && (teams === '1' ? '1 Team darunter' : `${teams} Teams darunter`),
      ]
        .filter(Boolean)
        .join(' und ')}.`,
    role_in_use: ({ members, invitations, channels }) =>
      `Mitglieder mit dieser Rolle: ${members}, offene Einladungen: ${invitations}, Benachrichtigungskanäle: ${channels}. Wählen Sie, was sie stattdessen bekommen.`,
    price_in_force: () => 'Der Preis gilt schon oder in Kürze. Entfernen lässt sich nur ein künftiger.',
    markup_in_force: () => 'Der Aufschlag gilt schon oder in Kürze. Entfernen lässt sich nur ein künftiger.',
    closed_by_owner: () => 'Die Organisation wurde von ihrem Inhaber endgültig geschlossen.',
    suspended_already: () => 'Die Organisation ist schon gesperrt.',
    not_suspended: () => 'Die Organisation ist nicht gesperrt.',
    rerating_open: () => 'Eine andere Neubewertung läuft noch. Übernehmen oder verwerfen Sie zuerst diese.',
    rerating_state: () => 'Die Neubewertung ist noch nicht ganz gezeigt worden oder schon vorbei.',
    close_steps_open: () => 'Einige Schritte davor sind noch offen.',
    line_decided: () => 'Darüber wurde schon entschieden.',
    invoice_not_finalized: () => 'Schließen Sie zuerst die Rechnung ab.',
    no_recipient: () =>
      'Nennen Sie einen Empfänger, oder tragen Sie in den Rechnungsangaben eine E-Mail-Adresse ein.',
    bill_booked: () => 'Unterschiede dieser Rechnung sind gebucht; sie lässt sich nicht mehr ändern.',
    drops_decisions: ({ decisions }) =>
      decisions === '1'
        ? '1 Entscheidung betrifft einen Unterschied, der sich geändert hat: Sie ginge verloren.'
        : `${decisions} Entscheidungen betreffen Unterschiede, die sich geändert haben: Sie gingen verloren.`,
    imported_otherwise: ({ provider, timeZone }) =>
      `Diese Datei ist schon da, als Rechnung von ${provider} in den Tagen von ${timeZone}. Löschen Sie diese Rechnung und lesen Sie die Datei dann erneut ein.`,
    compared_since: () =>
      'Die Rechnung wurde inzwischen erneut verglichen. Sehen Sie sich ihre Unterschiede noch einmal an.',
    too_few_seats: () => 'Für jedes Mitglied muss es einen Platz geben.',
    unknown_plan: () => 'Diesen Tarif gibt es nicht.',
    invalid_amount: () => 'Dieser Betrag ist nicht möglich.',
    not_configured: () =>
      'Diese Installation nimmt keine Zahlungen an: Es ist kein Zahlungsanbieter eingerichtet.',
    payment_provider_failed: () =>
      'Der Zahlungsanbieter antwortet nicht. Versuchen Sie es gleich noch einmal.',
    period_running: () => 'Der Zeitraum ist noch nicht zu Ende.',
    wrong_state: () =>
      'Der Stand lässt das nicht mehr zu. Laden Sie neu, um zu sehen, was sich geändert hat.',
    usage_arriving: () =>
      'Nutzung des Zeitraums kommt noch hinzu. Versuchen Sie es in ein paar Sekunden noch einmal.',
    disagrees_with_ledger: () =>
      'Die Posten ergeben nicht die Summe des Hauptbuchs; deshalb wird keine Nummer vergeben. Fragen Sie, wer diese Installation betreibt.',
    series_taken: () => 'In diesem Nummernkreis nummeriert ein anderer Aussteller. Wählen Sie einen anderen.',
    place_taken: () => 'Ein anderes Ziel hat schon diesen Bucket und dieses Präfix.',
    secret_needed: () => 'Geben Sie das Geheimnis noch einmal an, weil sich der Ort ändert.',
    domain_record_missing: ({ record }) =>
      `Bei ${record} steht noch kein TXT-Eintrag. Setzen Sie ihn, und prüfen Sie dann noch einmal; manche Nameserver zeigen ihn erst nach einer Stunde.`,
    domain_record_differs: ({ record, found }) =>
      `Im TXT-Eintrag bei ${record} steht etwas anderes: ${found}. Berichtigen Sie ihn, oder setzen Sie den obigen dazu, und prüfen Sie dann noch einmal.`,
    domain_lookup_failed: ({ record }) =>
      `Die Nameserver haben zu ${record} nicht geantwortet. Am Eintrag muss das nicht liegen: Prüfen Sie in ein paar Minuten noch einmal.`,
    domain_taken: () =>
      'Eine andere Organisation hat diese Domain bestätigt, und ihr Eintrag steht noch dort. Entfernen Sie zuerst jenen, oder fragen Sie, wer diese Installation betreibt.',
    address_managed: () =>
      'Ihre Organisation verwaltet Ihre Adresse: Sie ändert sich bei Ihrem Identitätsanbieter, nicht hier.',
    sso_no_domain: () => 'Bestätigen Sie zuerst eine Domain: Ohne sie betrifft es niemanden.',
    sso_never_used: () =>
      'Melden Sie sich zuerst einmal mit dem Identitätsanbieter an: Dann ist bekannt, dass er funktioniert.',
    sso_locks_out: () =>
      'Sie würden sich selbst aussperren. Melden Sie sich zuerst mit dem Identitätsanbieter an.',
    sso_domain_enforced: ({ members }) =>
      `Mitglieder mit Adressen dieser Domain, die sich mit dem Identitätsanbieter anmelden müssen: ${members}. Schreiben Sie ihn zuerst nicht mehr vor.`,
    empty_range: () => 'Der Zeitraum muss nach seinem Beginn enden.',
    too_many_exports: () => 'Es warten zu viele Exporte. Versuchen Sie es wieder, wenn einige fertig sind.',
    too_many_destinations: () => 'Mehr Ziele sind nicht möglich. Entfernen Sie zuerst eines.',
    export_not_kept: () => 'Dieser Export ist nicht fertig oder wird nicht mehr aufbewahrt.',
    export_elsewhere: () =>
      'Die Datei liegt auf einem anderen Rechner dieser Installation. Fragen Sie, wer sie betreibt.',
    invoice_not_draft: () => 'Die Rechnung ist kein Entwurf mehr.',
    note_not_draft: () => 'Der Beleg ist kein Entwurf mehr.',
    invoice_void: () =>
      'Die Rechnung ist storniert: Auf sie ist nichts geschuldet, das sich gutschreiben ließe.',
    nothing_to_confirm: () => 'Hier gibt es noch nichts zu bestätigen.',
    month_over: () => 'Der Monat ist vorbei: Seine Kosten bleiben aufgeteilt, wie sie sind.',
    shares_not_whole: () => 'Die Anteile verschiedener Stellen müssen zusammen 100 % ergeben.',
    empty_file: () => 'Die Datei ist leer.',
  },
  faults: {
    unknown_provider: 'Dieser Anbieter ist nicht bekannt.',
    credential_refused: 'Der Anbieter hat den Zugang abgelehnt, oder er ist nicht lesbar.',
    no_model_list: 'Unter dieser Basis-URL gibt es keine Liste von Modellen.',
    rate_limited: 'Der Anbieter drosselt diesen Zugang gerade.',
    redirects: 'Die Gegenseite leitet anderswohin um; dem wird nicht gefolgt.',
    other_status: 'Die Gegenseite hat mit einem Fehler geantwortet.',
    not_models: 'Die Antwort ist keine Liste von Modellen.',
    private_address: 'Die Adresse ist privat, und der Betreiber hat sie nicht freigegeben.',
    https_needed: 'Die Adresse muss mit https:// beginnen.',
    unknown_host: 'Diesen Hostnamen gibt es nicht.',
    lookup_failed: 'Der Hostname ließ sich nicht auflösen.',
    connection_refused: 'Der Host hat die Verbindung abgelehnt.',
    connection_ended: 'Der Host hat die Verbindung beendet.',
    timeout: 'Der Host hat nicht rechtzeitig geantwortet.',
    too_large: 'Die Antwort ist zu groß.',
    connection_failed: 'Die Verbindung ist gescheitert.',
    no_recipients: 'Unter den Empfängern ist niemand.',
  },
  fields: {
    required: () => 'Bitte ausfüllen.',
    invalid: () => 'Diese Angabe ist nicht gültig.',
    wrong_type: () => 'Diese Angabe hat die falsche Form.',
    wrong_format: () => 'Diese Angabe hat die falsche Form.',
    not_allowed: () => 'Diese Auswahl gibt es hier nicht.',
    unknown_field: () => 'Dieses Feld gehört nicht hierher.',
    too_short: (limit) => `Mindestens ${limit} Zeichen.`,
    too_long: (limit) => `Höchstens ${limit} Zeichen.`,
    too_small: (limit) => `Mindestens ${limit}.`,
    too_large: (limit) => `Höchstens ${limit}.`,
    too_few: (limit) => `Mindestens ${limit}.`,
    too_many: (limit) => `Höchstens ${limit} davon.`,
    control_characters: () => 'Steuerzeichen wie Zeilenumbrüche gehören nicht hierher.',
    amount: () => 'Schreiben Sie einen Betrag in US-Dollar wie 25 oder 12,50.',
    address_range: () => 'Schreiben Sie eine IP-Adresse oder einen Bereich wie 192.0.2.0/24.',
    taken: () => 'Dieser Name ist vergeben.',
    time_zone: () => 'Wählen Sie eine Zeitzone wie Europe/Berlin.',
    tag_form: () => 'Schreiben Sie name=wert; name=* heißt: je Wert.',
    not_future: () => 'Wählen Sie einen Zeitpunkt in der Zukunft.',
    too_late: () => 'Die Regeln Ihrer Organisation oder Ihres Teams erlauben kein späteres Datum.',
    unknown_reference: () => 'Das gibt es in dieser Organisation nicht.',
    wrong_password: () => 'Das ist nicht Ihr Passwort.',
    wrong_code: () =>
      'Dieser Code ist falsch, schon benutzt oder zu alt. Geben Sie den ein, der jetzt angezeigt wird.',
    weak_password: () => 'Wählen Sie ein längeres Passwort, das niemand errät.',
    unchanged: () => 'Das ist schon Ihre Adresse.',
    address_taken: () => 'Diese Adresse hat schon ein Konto.',
    invalid_email: () => 'Schreiben Sie eine E-Mail-Adresse wie name@beispiel.de.',
    invalid_token: () => 'Dieser Link wurde benutzt, ersetzt oder ist abgelaufen.',
    secret_needed: () => 'Geben Sie das Geheimnis erneut ein, weil sich die Adresse ändert.',
    private_address: () => 'Diese Adresse ist privat, und der Betreiber hat sie nicht erlaubt.',
    https_needed: () => 'Schreiben Sie eine Adresse, die mit https:// beginnt.',
    shared_issuer: () =>
      'Bei diesem Aussteller hat jeder ein Konto. Geben Sie den Ihres eigenen Verzeichnisses an, mit seiner Mandanten-ID.',
    range_too_long: () => 'Dieser Zeitraum ist zu lang.',
    incomplete: () => 'Es fehlt etwas, das dazugehört: Wer etwas ändern darf, muss es auch sehen.',
    above_limit: () => 'Das darf höchstens der Betrag sein, auf den es steigt.',
    country_needed: () =>
      'Ihnen wird etwas berechnet, also braucht es ein Land: Wählen Sie ein anderes statt keines.',
    tax_id: (expected) => `Steuernummern dieses Landes sehen so aus: ${expected}.`,
    too_precise: () => 'Weniger Nachkommastellen: höchstens 6 je Million Token.',
  },
};
