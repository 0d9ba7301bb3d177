/** What a request can say beyond its body, what a provider keeps, and the admin API, in both languages. */
import type { Locale } from '../../../i18n/locale.ts';
import { type DocPages, heading, list, sample, table, text } from '../doc-block.ts';

export const requestPages: Readonly<Record<Locale, Pick<DocPages, 'headers' | 'batches' | 'api'>>> = {
  en: {
    headers: {
      title: 'Headers and attribution',
      summary:
        'What a request can say about itself: for whom it is, who may answer, and that it is the same again.',
      blocks: [
        heading('attribution', 'For whom a request is'),
        table(
          ['What', 'Where it stands', 'What it is for'],
          [
            'Tags',
            '`x-tollgate-tags: feature=search,env=production`, or JSON; or `metadata` in the body',
            'usage, budgets and rate limits by tag. At most 64, names of 64 characters, values of 512. Tags of the key win',
          ],
          [
            'End user',
            '`user` in the body; `metadata.user_id` in Anthropic’s format',
            'usage, budgets and rate limits for each of your customers',
          ],
          [
            'Session',
            '`x-tollgate-session`',
            'requests of one conversation, found together under [Requests](/requests)',
          ],
        ),
        sample('attribution', 'Tags, session and end user'),
        text(
          'Headers of LiteLLM (`x-litellm-tags`), Portkey (`x-portkey-metadata`, `x-portkey-trace-id`) and Helicone (`helicone-property-*`, `helicone-session-id`, `helicone-user-id`) are understood, too.',
        ),
        heading('choice', 'Who may answer'),
        list(
          '`provider/model` as the model names the provider; `x-tollgate-route` a [route](/routes).',
          '`provider` in the body says who is asked: `only`, `ignore`, and `order` for who comes first.',
          '`models` or `fallbacks` in the body are tried in their order after the model, at most eight each, where it fails before its answer begins. All credentials together, providers are asked ten times at most.',
        ),
        sample('preference', 'Fall-backs and an order of providers'),
        text(
          'None of this widens a key: what it may not use is left out. From a credential of your own to a resold one it goes only where a route allows that.',
        ),
        heading('idempotency', 'The same request again: Idempotency-Key'),
        text(
          'With `Idempotency-Key` (1 to 255 printable ASCII characters, no spaces) a POST that is sent again is not paid again. For 24 hours and for each virtual key, the first answer is given again byte for byte, with `idempotency-replayed: true`, and `x-tollgate-original-request-id` leads to its cost.',
        ),
        list(
          'Kept are whole answers with 2xx, up to 256 KiB. Streams, failures and larger answers are not: afterwards the request runs again, and is paid.',
          'While the first one runs, the second gets `idempotency_in_progress` (409). The same key with another request is refused: `idempotency_key_reused` (422).',
          'If the place where answers are kept cannot be reached, the request goes on, and its answer says `x-tollgate-idempotency: unavailable`.',
        ),
        heading('others', 'Further headers'),
        table(
          ['Header', 'Does'],
          ['`x-tollgate-timeout-ms`', 'shortens the wait, see [Streaming](/docs/streaming#timeouts)'],
          ['`x-tollgate-unsupported`', '`refuse` or `report`, see [Models](/docs/models#parameters)'],
          [
            '`x-tollgate-payload: omit`',
            'keeps nothing of what it says, see [Security](/docs/security#payloads)',
          ],
        ),
      ],
    },
    batches: {
      title: 'Files, batches and videos',
      summary: 'What a provider keeps: which credential it needs, and when its cost is known.',
      blocks: [
        text(
          '`/v1/files`, `/v1/batches`, `/v1/videos` and `/v1/responses/{id}` keep something at the provider. They go to a credential of **your own** only, the first under [Providers](/providers) that has the endpoint (for a new video: that serves its model), or that of the provider in `x-tollgate-provider`; routes do not apply. With several such accounts, name the same one when you ask for what is kept. Without one the answer is `permission_denied`: what is kept with a shared account, others could list.',
        ),
        list(
          'Within your organization, every key that may use these endpoints sees the files and batches of the account.',
          'Keeping a file and reading what is kept cost nothing here.',
          'A video costs its seconds at the price of its size, known when it is asked for. For a remix nothing tells the cost: under a hard budget it is refused.',
          'A key’s models hold for each line of a batch: one that it may not send refuses the batch, by its number. They hold for new videos as well, and remixes are refused to such a key. Files, and reading what is kept, name no model: only the key’s endpoints and providers keep it from them.',
        ),
        heading('cost', 'What a batch costs, and when'),
        text(
          'The cost of a batch is unknown until it is over: usage and invoices have it then, at the time at which the batch was made. Until then hard budgets count what was held: the most that all its lines could cost, at the price of batches. Its input file is read for that before it is made; a batch whose lines cannot be bounded is refused under a hard budget, and the message names the line.',
        ),
        text(
          'If the provider will not say what a batch cost, its cost stays unknown, hard budgets keep what was held, and an [alert](/alerts) tells you. A line without an output limit is held with the model’s own: nobody puts one into your file.',
        ),
      ],
    },
    api: {
      title: 'Admin API',
      summary: 'What the console does with your organization, for scripts and pipelines.',
      blocks: [
        text(
          'The console is a client of an API that is yours as well. Create a token under [Admin tokens](/settings/admin-tokens): it acts for the organization, with the permissions that you give it and no more than you have, and is shown once. Send it as `Authorization: Bearer`.',
        ),
        sample('adminApi', 'Keys of the organization'),
        text(
          'Every route, with its fields and permission, is described at `/api/v1/docs` of this console, and as OpenAPI 3.1 at `/api/v1/openapi.json`.',
        ),
        list(
          'Lists come in pages: `limit` at most, and `nextCursor` of the answer goes into `cursor`; `null` is the end.',
          'What is created takes an `Idempotency-Key`, for 24 hours. What is changed takes `If-Match` with the `ETag` that was read, so that no change of somebody else is lost.',
          'Errors are `application/problem+json`, with `code`, `requestId` and every field at fault.',
          'Amounts are decimal texts, such as `"0.000125"`: read them as decimals, not as floating point.',
        ),
        text(
          'An admin token calls no model, and a virtual key reaches no admin API; what a single request cost, its key can ask at the gateway under `/v1/tollgate/requests/{id}`.',
        ),
      ],
    },
  },
  de: {
    headers: {
      title: 'Kopfzeilen und Zuordnung',
      summary:
        'Was eine Anfrage über sich sagen kann: für wen sie ist, wer antworten darf, und dass es dieselbe ist.',
      blocks: [
        heading('attribution', 'Für wen eine Anfrage ist'),
        table(
          ['Was', 'Wo es steht', 'Wozu'],
          [
            'Kennzeichen',
            '`x-tollgate-tags: feature=search,env=production`, oder JSON; oder `metadata` im Body',
            'Nutzung, Budgets und Limits nach Kennzeichen. Höchstens 64, Namen mit 64 Zeichen, Werte mit 512. Die des Schlüssels gehen vor',
          ],
          [
            'Endnutzer',
            '`user` im Body; `metadata.user_id` im Format von Anthropic',
            'Nutzung, Budgets und Limits für jeden Ihrer Kunden',
          ],
          [
            'Sitzung',
            '`x-tollgate-session`',
            'Anfragen eines Gesprächs, zusammen zu finden unter [Anfragen](/requests)',
          ],
        ),
        sample('attribution', 'Kennzeichen, Sitzung und Endnutzer'),
        text(
          'Verstanden werden auch Kopfzeilen von LiteLLM (`x-litellm-tags`), Portkey (`x-portkey-metadata`, `x-portkey-trace-id`) und Helicone (`helicone-property-*`, `helicone-session-id`, `helicone-user-id`).',
        ),
        heading('choice', 'Wer antworten darf'),
        list(
          '`anbieter/modell` als Modell nennt den Anbieter, `x-tollgate-route` eine [Route](/routes).',
          '`provider` im Body sagt, wer gefragt wird: `only`, `ignore`, und `order` dafür, wer zuerst kommt.',
          '`models` oder `fallbacks` im Body werden in ihrer Reihenfolge nach dem Modell versucht, je höchstens acht, wenn es ausfällt, bevor seine Antwort beginnt. Über alle Zugänge zusammen werden Anbieter höchstens zehnmal gefragt.',
        ),
        sample('preference', 'Ausweichmodelle und eine Reihenfolge der Anbieter'),
        text(
          'Nichts davon erweitert einen Schlüssel: Was er nicht benutzen darf, wird ausgelassen. Von einem eigenen Zugang zu einem weiterverkauften geht es nur, wo eine Route das erlaubt.',
        ),
        heading('idempotency', 'Dieselbe Anfrage noch einmal: Idempotency-Key'),
        text(
          'Mit `Idempotency-Key` (1 bis 255 druckbare ASCII-Zeichen, ohne Leerzeichen) wird ein POST, der noch einmal kommt, nicht noch einmal bezahlt. 24 Stunden lang und für jeden virtuellen Schlüssel wird die erste Antwort Byte für Byte wiederholt, mit `idempotency-replayed: true`, und `x-tollgate-original-request-id` führt zu ihren Kosten.',
        ),
        list(
          'Aufbewahrt werden ganze Antworten mit 2xx, bis 256 KiB. Streams, Fehler und größere Antworten nicht: Danach läuft die Anfrage noch einmal und wird bezahlt.',
          'Während die erste läuft, bekommt die zweite `idempotency_in_progress` (409). Derselbe Wert mit einer anderen Anfrage wird abgelehnt: `idempotency_key_reused` (422).',
          'Ist der Ort, an dem Antworten liegen, nicht zu erreichen, läuft die Anfrage weiter, und ihre Antwort sagt `x-tollgate-idempotency: unavailable`.',
        ),
        heading('others', 'Weitere Kopfzeilen'),
        table(
          ['Kopfzeile', 'Bewirkt'],
          ['`x-tollgate-timeout-ms`', 'verkürzt das Warten, siehe [Streaming](/docs/streaming#timeouts)'],
          ['`x-tollgate-unsupported`', '`refuse` oder `report`, siehe [Modelle](/docs/models#parameters)'],
          [
            '`x-tollgate-payload: omit`',
            'bewahrt nichts von ihrem Inhalt auf, siehe [Sicherheit](/docs/security#payloads)',
          ],
        ),
      ],
    },
    batches: {
      title: 'Dateien, Batches und Videos',
      summary: 'Was ein Anbieter aufbewahrt: welchen Zugang es braucht, und wann seine Kosten feststehen.',
      blocks: [
        text(
          '`/v1/files`, `/v1/batches`, `/v1/videos` und `/v1/responses/{id}` bewahren etwas beim Anbieter auf. Sie gehen nur an einen **eigenen** Zugang: den ersten unter [Anbieter](/providers), der den Endpunkt hat (für ein neues Video: der sein Modell bedient), oder den des Anbieters in `x-tollgate-provider`; Routen gelten dafür nicht. Bei mehreren solchen Konten nennen Sie dasselbe, wenn Sie nach Aufbewahrtem fragen. Ohne einen solchen ist die Antwort `permission_denied`: Was bei einem geteilten Konto liegt, könnten andere auflisten.',
        ),
        list(
          'In Ihrer Organisation sieht jeder Schlüssel, der diese Endpunkte benutzen darf, die Dateien und Batches des Kontos.',
          'Eine Datei aufzubewahren und Aufbewahrtes zu lesen kostet hier nichts.',
          'Ein Video kostet seine Sekunden zum Preis seiner Größe; das steht fest, wenn es verlangt wird. Bei einem Remix nennt niemand die Kosten: Unter einem harten Budget wird er abgelehnt.',
          'Die Modelle eines Schlüssels gelten für jede Zeile eines Batches: Eine, die er nicht senden darf, lehnt den Batch ab, mit ihrer Nummer. Für neue Videos gelten sie ebenso, und Remixe sind einem solchen Schlüssel verwehrt. Dateien, und das Lesen von Aufbewahrtem, nennen kein Modell: Davon halten ihn nur seine Endpunkte und Anbieter ab.',
        ),
        heading('cost', 'Was ein Batch kostet, und wann'),
        text(
          'Die Kosten eines Batches sind unbekannt, bis er zu Ende ist: Dann stehen sie in Nutzung und Rechnungen, zu der Zeit, zu der er angelegt wurde. Bis dahin zählen harte Budgets, was zurückgelegt wurde: das Höchste, was alle seine Zeilen kosten könnten, zum Preis von Batches. Dafür wird seine Eingabedatei vorher gelesen; ein Batch, dessen Zeilen sich nicht begrenzen lassen, wird unter einem harten Budget abgelehnt, und die Meldung nennt die Zeile.',
        ),
        text(
          'Will der Anbieter nicht sagen, was ein Batch gekostet hat, bleiben seine Kosten unbekannt, harte Budgets behalten, was zurückgelegt war, und eine [Meldung](/alerts) sagt es Ihnen. Für eine Zeile ohne Ausgabegrenze wird die des Modells zurückgelegt: In Ihre Datei setzt niemand eine.',
        ),
      ],
    },
    api: {
      title: 'Admin-API',
      summary: 'Was die Konsole mit Ihrer Organisation tut, für Skripte und Pipelines.',
      blocks: [
        text(
          'Die Konsole ist ein Client einer API, die auch Ihre ist. Legen Sie unter [Admin-Token](/settings/admin-tokens) ein Token an: Es handelt für die Organisation, mit den Berechtigungen, die Sie ihm geben, und nicht mehr, als Sie selbst haben, und wird einmal gezeigt. Senden Sie es als `Authorization: Bearer`.',
        ),
        sample('adminApi', 'Schlüssel der Organisation'),
        text(
          'Jede Route steht mit ihren Feldern und ihrer Berechtigung unter `/api/v1/docs` dieser Konsole, und als OpenAPI 3.1 unter `/api/v1/openapi.json`.',
        ),
        list(
          'Listen kommen in Seiten: höchstens `limit`, und `nextCursor` der Antwort geht in `cursor`; `null` ist das Ende.',
          'Was angelegt wird, nimmt einen `Idempotency-Key`, 24 Stunden lang. Was geändert wird, nimmt `If-Match` mit dem gelesenen `ETag`, damit keine Änderung eines anderen verloren geht.',
          'Fehler sind `application/problem+json`, mit `code`, `requestId` und jedem Feld, an dem es liegt.',
          'Beträge sind Dezimaltexte, etwa `"0.000125"`: Lesen Sie sie als Dezimalzahlen, nicht als Gleitkomma.',
        ),
        text(
          'Ein Admin-Token ruft kein Modell auf, und ein virtueller Schlüssel erreicht keine Admin-API; was eine einzelne Anfrage gekostet hat, kann ihr Schlüssel beim Gateway unter `/v1/tollgate/requests/{id}` fragen.',
        ),
      ],
    },
  },
};
