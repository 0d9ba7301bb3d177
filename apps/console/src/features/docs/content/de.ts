/** Die Dokumentation auf Deutsch: derselbe Aufbau, dieselben Beispiele. */
import { type DocPages, heading, list, note, sample, steps, table, text } from '../doc-block.ts';
import { budgetBlocks } from './budget-blocks.ts';
import { payloadBlocks } from './payload-blocks.ts';
import { requestPages } from './request-pages.ts';
import { singleSignOnPage } from './single-sign-on-page.ts';

export const german: DocPages = {
  'first-call': {
    title: 'Der erste Aufruf',
    summary: 'Vom virtuellen Schlüssel zur Antwort, in jeder Sprache, die HTTP spricht.',
    blocks: [
      steps(
        'Legen Sie unter [Schlüssel](/keys?create=1) einen virtuellen Schlüssel an. Sein Geheimnis beginnt mit `tgk_` und wird einmal gezeigt.',
        'Setzen Sie es als `TOLLGATE_API_KEY` in Ihre Umgebung.',
        'Schicken Sie eine Anfrage an das Gateway wie sonst an den Anbieter. Nur Adresse und Schlüssel sind anders.',
      ),
      sample('firstCall', 'Erster Aufruf'),
      text(
        '`sim-small` beantwortet der Simulator, wo Ihre Installation ihn anbietet; das kostet nichts Wirkliches. Stattdessen geht jeder Name unter [Modelle](/models). Ohne Programm probieren Sie es im [Playground](/playground).',
      ),
      heading('what-you-see', 'Was Sie danach sehen'),
      text(
        'Jede Antwort trägt `x-tollgate-request-id`. Nach Sekunden steht die Anfrage unter [Anfragen](/requests): Versuche, Token, Kosten nach Bestandteil, Dauer, und die Regel, die entschied, falls sie abgelehnt wurde.',
      ),
      table(
        ['Kopfzeile der Antwort', 'Sagt'],
        ['`x-tollgate-request-id`', 'unter welcher Kennung Tollgate die Anfrage führt'],
        ['`x-tollgate-model`, `x-tollgate-provider`', 'wer geantwortet hat'],
        ['`x-tollgate-attempts`', 'wie oft ein Anbieter gefragt wurde'],
        ['`x-tollgate-cost-usd`', 'was es kostete; bei Streams steht das erst danach fest'],
        ['`x-tollgate-overhead-us`', 'was das Gateway selbst brauchte, in Mikrosekunden'],
      ),
    ],
  },
  sdks: {
    title: 'SDKs und Basis-URLs',
    summary: 'Welche Adresse jedes offizielle SDK bekommt. Der Code bleibt, wie er ist.',
    blocks: [
      text(
        'Das Gateway spricht die Formate von OpenAI, Anthropic und Google und übersetzt zwischen ihnen: Jedes SDK erreicht jedes Modell, das Ihr Schlüssel benutzen darf. Ihr virtueller Schlüssel tritt an die Stelle des Schlüssels beim Anbieter.',
      ),
      heading('openai', 'OpenAI'),
      sample('openai', 'OpenAI'),
      heading('anthropic', 'Anthropic'),
      text('Ohne `/v1`: Das SDK hängt es an.'),
      sample('anthropic', 'Anthropic'),
      heading('gemini', 'Google Gemini'),
      sample('gemini', 'Gemini'),
      heading('others', 'Alles andere'),
      text(
        'Was für OpenAI eine Basis-URL annimmt, geht: LangChain, das Vercel AI SDK, LiteLLM, OpenRouter-Clients. Die Pfade `/openai/v1`, `/anthropic/v1` und `/google/v1beta` legen das Format fest, wo ein Programm es nicht sagt.',
      ),
      note(
        'Ein Schlüssel gehört in eine Kopfzeile. In der Adresse wird er abgelehnt, denn Adressen landen in Protokollen.',
      ),
    ],
  },
  keys: {
    title: 'Schlüssel und Geltungsbereich',
    summary: 'Was ein virtueller Schlüssel darf, und wie man ihn klein hält.',
    blocks: [
      text(
        'Ein virtueller Schlüssel weist eine Anwendung beim Gateway aus. Er ist nie der Schlüssel eines Anbieters, und seine Sperrung erreicht jedes Gateway binnen ein, zwei Sekunden.',
      ),
      table(
        ['Geltungsbereich', 'Beschränkt', 'Leer heißt'],
        ['Modelle', 'Namen wie `gpt-5.2` oder Muster wie `gpt-5*`', 'jedes Modell der Organisation'],
        ['Anbieter', 'wer antworten darf', 'jeder Anbieter'],
        ['Endpunkte', 'was gefragt werden darf: Chat, Embeddings, Bilder …', 'alle'],
        ['IP-Bereiche', 'woher Anfragen kommen dürfen', 'von überall'],
        ['Ablauf', 'wann er endet', 'er endet nie'],
      ),
      text(
        'Budgets und Limits gelten ebenso: die des Schlüssels, seines Teams und der Teams darüber, seines Inhabers und der Organisation. Das engste entscheidet. Auf der Seite des Schlüssels steht alles, was gilt, und welche Regel ablehnen würde.',
      ),
      sample('createKey', 'Schlüssel anlegen'),
      heading('owners', 'Personen und Dienstkonten'),
      text(
        'Der Schlüssel einer Person endet, wenn sie geht. Was eine Anwendung benutzt, gehört einem [Dienstkonto](/service-accounts), das bleibt.',
      ),
      heading('playground', 'Der Schlüssel des Playgrounds'),
      text(
        'Wer den [Playground](/playground) öffnet, ruft unter einem eigenen Schlüssel auf, benannt „Playground:“ mit dem eigenen Namen, und mit dem Kennzeichen `source=playground`. Sein Geheimnis lebt eine Sitzung lang auf dem Server und wird nie gezeigt. Geben Sie ihm ein Budget wie jedem anderen.',
      ),
    ],
  },
  budgets: {
    title: 'Budgets',
    summary: 'Was „hart“ heißt, was abgelehnt wird, und warum schon, bevor das Geld verbraucht ist.',
    blocks: [
      text(
        'Ein **hartes** Budget wird nie überschritten, auf keinem Endpunkt und mit beliebig vielen Gateways. Bevor eine Anfrage hinausgeht, wird zurückgelegt, was sie höchstens kosten kann; ist die Antwort da, wird berechnet, was sie gekostet hat, und der Rest ist wieder frei. Ein **weiches** Budget lehnt nichts ab und meldet.',
      ),
      table(
        ['Ablehnung', 'Heißt', 'Was hilft'],
        [
          '`budget_exceeded` (402)',
          'in diesem Zeitraum ist nichts übrig',
          'auf den Neubeginn warten oder das Limit anheben',
        ],
        [
          '`request_exceeds_budget` (402)',
          'diese eine Anfrage könnte mehr kosten, als übrig ist',
          '`max_tokens` senken oder weniger Eingabe senden',
        ],
        [
          '`budget_in_flight` (429)',
          'es ist Geld da, aber laufende Anfragen halten es',
          'noch einmal versuchen: SDKs tun das von selbst',
        ],
        [
          '`unbounded_cost` (402)',
          'nichts begrenzt die Kosten: für das Modell oder etwas, das es benutzen würde, ist kein Preis bekannt, ein Werkzeug des Anbieters läuft ohne Grenze, oder Eingabe lässt sich hier nicht zählen (ein Bild, eine Datei, ein aufbewahrtes Gespräch) und das Fenster des Modells ist nicht bekannt',
          'einen [Preis](/prices) angeben; das Werkzeug begrenzen (`max_uses`) oder weglassen; ein Modell nehmen, dessen Fenster bekannt ist. Eine Ausgabegrenze von Ihnen hilft nicht: Wo sie fehlt, setzen wir eine',
        ],
      ),
      text(
        'Eine Ablehnung nennt die Regel, für wen sie gilt (mit dem Namen des Budgets), das Limit, das Verbrauchte und den Neubeginn:',
      ),
      sample('budgetRefusal', 'Eine Ablehnung'),
      heading('output-limit', 'Warum wir eine Ausgabegrenze setzen'),
      text(
        'Hat eine Anfrage unter einem harten Budget keine Ausgabegrenze, setzt das Gateway eine und sagt es in `x-tollgate-max-output-tokens`: die des Modells, 8.192 Token, wo sie nicht bekannt ist, oder weniger, wo das Budget nicht mehr hergibt. Eine kleinere von Ihnen heißt: weniger wird zurückgelegt, mehr geht gleichzeitig; eine, die Sie setzen, wird nie verändert.',
      ),
      ...budgetBlocks.de,
      heading('exceptions', 'Die zwei Ausnahmen'),
      list(
        'Ein Limit, das Sie unter das schon Ausgegebene senken: Es wird nichts mehr bedient, und das Ausgegebene bleibt ausgegeben.',
        'Ein Anbieter, der mehr berechnet, als sich begrenzen ließ. Das wird so festgehalten, zählt und wird gemeldet; gesperrt wird nichts, aber ist nichts mehr übrig, lehnt das Budget ab, bis es neu beginnt oder angehoben wird.',
      ),
      text('Alle Budgets stehen auf [einer Seite](/budgets), mit der Vorhersage, was sie erreichen.'),
    ],
  },
  'rate-limits': {
    title: 'Limits und Kopfzeilen',
    summary:
      'Anfragen, Token und Gleichzeitigkeit: wer zählt, was Kopfzeilen sagen, wann man es wieder versucht.',
    blocks: [
      text(
        'Ein [Limit](/rate-limits) gilt für eine Organisation, ein Team, einen Schlüssel, ein Mitglied, ein Dienstkonto, einen Endnutzer, ein Modell oder ein Kennzeichen. Alle Gateways teilen es. Von mehreren muss jedes Platz haben.',
      ),
      text('Jede Antwort nennt das Limit, von dem am wenigsten übrig ist, wie OpenAIs Clients es lesen:'),
      sample('rateHeaders', 'Kopfzeilen'),
      text('Was der Anbieter über seine eigenen Limits sagt, kommt als `x-upstream-ratelimit-*`.'),
      heading('retry', 'Wann man es wieder versucht'),
      table(
        ['Wartezeit', 'Die Antwort trägt', 'Offizielle SDKs'],
        ['bis 30 s', '`retry-after` und `retry-after-ms`', 'warten und versuchen es wieder, zweimal'],
        [
          'länger',
          '`retry-after` und `x-should-retry: false`',
          'geben sofort auf, statt stundenlang zu schlafen',
        ],
      ),
      text(
        '`rate_limit_exceeded` ist Ihr Limit, `upstream_rate_limited` das des Anbieters. Beide sind 429, und beide sagen, wessen Regel es war.',
      ),
    ],
  },
  errors: {
    title: 'Fehler',
    summary: 'Jeder Code des Gateways, was er bedeutet und was zu tun ist.',
    blocks: [
      text(
        'Fehler kommen im Format Ihres SDKs. Der Teil namens `tollgate` ist in allen gleich: `code`, `request_id` und, soweit es zutrifft, `rule_id`, `scope`, `limit`, `used`, `requested`, `resets_at` und `source`: Regel Ihrer Organisation oder des Anbieters.',
      ),
      { kind: 'errors' },
      note(
        'Störungen bei uns sind 503 mit `retry-after`, oder 500, wo das Gateway selbst einen Fehler hat. Sie sehen nie aus wie ein falscher Schlüssel oder ein leeres Budget. `upstream_error` hat den Status des Anbieters, wo dieser die Anfrage abgelehnt hat (400, 404, 422 …), sonst 502. Clients im Format von Anthropic bekommen 529, wo der Anbieter sich überlastet meldet.',
      ),
    ],
  },
  streaming: {
    title: 'Streaming und Abbruch',
    summary: 'Wie Streams enden, was geschieht, wenn ein Client geht, und was berechnet wird.',
    blocks: [
      sample('streaming', 'Streaming'),
      list(
        'Ein Stream endet mit dem letzten Ereignis seines Formats (`data: [DONE]` bei Chat Completions) oder mit dessen Fehlerereignis. Er bricht nie stumm ab.',
        'Die Nutzung wird beim Anbieter immer erfragt. Haben Sie sie nicht verlangt, sehen Sie sie nicht.',
        'Die Kosten stehen fest, wenn der Stream zu Ende ist:',
      ),
      sample('requestCost', 'Kosten einer Anfrage'),
      heading('abort', 'Wenn ein Client geht'),
      text(
        'Der Aufruf beim Anbieter wird binnen 100 ms geschlossen. Berechnet wird, was bis dahin entstand: nach der Zählung des Anbieters, wo sie ankam, sonst nach unserer, und dann ist der Eintrag als geschätzt gekennzeichnet. Antworten ohne Streaming werden zu Ende gelesen, damit ihre Nutzung bekannt ist.',
      ),
      heading('timeouts', 'Zeitgrenzen'),
      text(
        'Das Gateway wartet 5 s auf die Verbindung; bei Streams 60 s auf den Anfang und 120 s von einem Ereignis zum nächsten; auf andere Antworten insgesamt 600 s. `x-tollgate-timeout-ms` verkürzt das Warten auf den Anfang eines Streams und auf eine ganze Antwort; verlängern kann es nichts. Ohne diese Kopfzeile zählt, was OpenAIs SDKs als eigene Zeitgrenze ankündigen.',
      ),
    ],
  },
  models: {
    title: 'Modelle und Namen',
    summary: 'Wie aus dem Namen in einer Anfrage ein Anbieter wird, und warum ein Modell fehlen kann.',
    blocks: [
      text('Ein Name wird in dieser Reihenfolge verstanden:'),
      steps(
        'als Name einer Route Ihrer Organisation,',
        'als `anbieter/modell`, etwa `anthropic/claude-opus-4-8`,',
        'als bloßer Name, etwa `gpt-5.2`, oder als Alias davon.',
      ),
      text(
        'Bedienen es eigene Zugänge Ihrer Organisation, werden nur diese gefragt, nach Rang; sonst die weiterverkauften. Von eigenen zu weiterverkauften geht es nur über eine Route, die das erlaubt. Unter [Modelle](/models) steht, was Sie benutzen können, mit Preisen und Fähigkeiten.',
      ),
      sample('models', 'Modelle eines Schlüssels'),
      heading('routes', 'Wie weiche ich auf einen anderen Anbieter aus?'),
      steps(
        'Legen Sie eine [Route](/routes) an: Geben Sie ihr den Namen, nach dem Anwendungen fragen. Auch der Name eines Modells geht: Dann nehmen alle, die nach diesem Modell fragen, die Route, und an Anwendungen ändert sich nichts.',
        'Fügen Sie das Modell, das antworten soll, als Ziel hinzu. Bei mehreren bekommt jedes seinen Anteil nach Gewicht.',
        'Fügen Sie Modelle anderer Anbieter als Ausweichziele hinzu, in der Reihenfolge, in der sie versucht werden.',
        'Probieren Sie auf derselben Seite eine Anfrage aus: Sie sehen, wer versucht würde, und es wird nichts gesendet.',
      ),
      text(
        'Ein Ausweichziel wird versucht, wenn die Ziele davor ausfielen, **bevor die Antwort begann**: Der Anbieter ist nicht zu erreichen, überlastet, begrenzt seine Rate oder lehnt unseren Zugang ab. Eine Anfrage, die der Anbieter falsch nennt, geht nicht an den nächsten. Wer geantwortet hat, steht in `x-tollgate-route`, `x-tollgate-model` und `x-tollgate-provider` und auf der Seite der Anfrage. Eine Route erweitert nie einen Schlüssel: Was er nicht benutzen darf, wird ausgelassen.',
      ),
      heading('not-found', 'model_not_found'),
      text(
        'Das Modell gibt es nicht, oder dieser Schlüssel darf es nicht benutzen: Die Antwort ist dieselbe, damit niemand erfährt, was andere haben. Sie nennt ähnliche Modelle, die der Schlüssel benutzen darf. Sehen Sie in den Geltungsbereich des Schlüssels und unter [Anbieter](/providers).',
      ),
      heading('parameters', 'Parameter, die ein Modell nicht hat'),
      text(
        'Wofür ein Anbieter keine Worte hat und was die Antwort verändern würde (ein Werkzeug, ein Bild, ein Schema), wird mit Namen abgelehnt: `unsupported_parameter`. Ein Hinweis, ohne den die Antwort dieselbe bleibt (ein Seed, eine Marke für den Cache), wird weggelassen und in der Kopfzeile `x-tollgate-unsupported` der Antwort und auf der Seite der Anfrage genannt. Mit `x-tollgate-unsupported: refuse` wird beides abgelehnt, mit `x-tollgate-unsupported: report` geht es ohne beides weiter.',
      ),
    ],
  },
  ...requestPages.de,
  ...singleSignOnPage.de,
  usage: {
    title: 'Nutzung und Rechnungen',
    summary: 'Wie eine Zahl auf der Rechnung zu einer Anfrage zurückführt.',
    blocks: [
      text(
        'Jeder Versuch, der einen Anbieter erreicht, wird genau ein Eintrag, mit der Preisversion, nach der er bewertet wurde. Beträge sind ganze Billionstel eines Dollars. Die Summe einer Rechnung wird einmal gerundet, auf den Cent, in einer Zeile, die es zeigt; jede Steuer darauf wird für sich gerundet.',
      ),
      table(
        ['Sie sehen', 'Es ist die Summe aus', 'Öffnen'],
        [
          'die Summe einer Rechnung',
          'ihren Zeilen, einer Rundung und ihren Steuern',
          '[Rechnungen](/invoices)',
        ],
        ['eine Zeile einer Rechnung', 'den Anfragen dahinter', 'auf die Zeile klicken'],
        ['eine Zahl der Nutzung', 'den Einträgen des Zeitraums', '[Nutzung](/usage)'],
        ['die Kosten einer Anfrage', 'ihren Versuchen, nach Bestandteil', '[Anfragen](/requests)'],
      ),
      sample('usage', 'Nutzung über die API'),
      heading('cost-charge', 'Kosten und Preis'),
      text(
        '**Kosten** sind, was der Anbieter nimmt. Der **Preis** ist, was Sie für weiterverkaufte Modelle zahlen, mit dem Aufschlag des Betreibers. Mit eigenen Zugängen gibt es nur die Kosten, und Sie zahlen den Anbieter.',
      ),
      heading('corrections', 'Berichtigungen'),
      text(
        'Eine endgültige Rechnung ändert sich nie. Spätere oder berichtigte Nutzung wird eine Gutschrift oder Nachbelastung, die auf sie verweist. Der Entwurf einer Nachbelastung, die sagt, dass mehr geschuldet ist, wird von selbst ausgestellt, sobald die Karenztage vergangen sind, seit darauf etwas geschuldet ist, und sechs Stunden lang nichts hinzukam (darauf wird höchstens einen Tag gewartet); wer darf, stellt ihn früher aus. Eine Gutschrift wartet, bis jemand sie ausstellt. Was wir statt des Anbieters gezählt haben, ist als geschätzt gekennzeichnet.',
      ),
    ],
  },
  security: {
    title: 'Sicherheit',
    summary: 'Sperren, erneuern und der Beweis, dass das Prüfprotokoll nicht verändert wurde.',
    blocks: [
      heading('revoke', 'Einen Schlüssel sperren'),
      text(
        'Ein gesperrter Schlüssel wird binnen einer Sekunde überall abgelehnt (ohne Redis binnen etwa zweien), seine offenen Streams werden binnen zwei getrennt. Sind Gateways nicht zu erreichen, machen sie höchstens so lange weiter, wie unter [Organisation](/settings/organization) steht.',
      ),
      heading('rotate', 'Einen Schlüssel erneuern'),
      text(
        'Die Erneuerung gibt demselben Schlüssel ein neues Geheimnis: Verlauf, Budgets und Limits bleiben. Das alte gilt noch so lange, wie Sie es wählen.',
      ),
      sample('rotate', 'Erneuern mit einem Tag Überlappung'),
      heading('secrets', 'Wo Geheimnisse sind'),
      list(
        'Virtuelle Schlüssel und Token: Nur ein Hash wird gespeichert. Sie werden einmal gezeigt.',
        'Zugänge zu Anbietern: verschlüsselt, an Organisation und Adresse gebunden; eine neue Adresse braucht das Geheimnis neu.',
        'In Protokollen, Fehlern, Audit-Ereignissen und Webhooks stehen keine.',
      ),
      ...payloadBlocks.de,
      heading('audit', 'Das Prüfprotokoll prüfen'),
      text(
        'Jede Änderung steht im [Prüfprotokoll](/settings/audit-log), geschrieben zusammen mit ihr selbst: wer, woher, vorher und nachher. Die Ereignisse sind durch Hashes verkettet, der Kopf der Kette ist signiert. „Kette prüfen“ liest sie ganz und nennt jedes Ereignis, das verändert, entfernt, verschoben oder abgeschnitten wurde.',
      ),
      text(
        '„Nachweis exportieren“, „JSON Lines, offline prüfbar“, nimmt das versiegelte Log mit. `npm run tollgate -- verify-log FILE` prüft diese Datei ohne Datenbank und Netz, nennt jede Zeile, an der sie nicht stimmt, und sagt den Fingerabdruck des Schlüssels, der ihr Ende signiert hat: Bewahren Sie ihn auf, damit Ihnen niemand ein neu geschriebenes Log geben kann.',
      ),
      heading('leaving', 'Wenn jemand geht'),
      text(
        'Wer als Mitglied entfernt wird, verliert hier sofort den Zugang, die eigenen Schlüssel, die Admin-Token und die verschickten Einladungen.',
      ),
    ],
  },
  webhooks: {
    title: 'Webhooks und Signaturen',
    summary: 'Woran man erkennt, dass ein Ereignis von hier kommt und kein altes noch einmal ist.',
    blocks: [
      text(
        'Endpunkte werden unter [Meldungen](/alerts?tab=webhooks) eingerichtet. Jede Zustellung ist ein POST mit JSON und trägt `tollgate-signature: t=UNIX_SEKUNDEN,v1=HEX`: HMAC-SHA-256 über `t`, einen Punkt und den rohen Body, mit dem Geheimnis des Endpunkts.',
      ),
      sample('webhookCheck', 'Signatur prüfen'),
      list(
        'Prüfen Sie den rohen Body, bevor ihn etwas liest.',
        'Lehnen Sie ab, was älter als fünf Minuten ist.',
        'Während ein Geheimnis wechselt, stehen zwei `v1` da; eines, das passt, genügt.',
        'Was nicht mit 2xx beantwortet wird, geht mit wachsenden Pausen zwei Tage lang noch einmal hinaus; dann wird es aufgegeben und kann 30 Tage lang von Hand noch einmal gesendet werden. Ein Ereignis kann zweimal kommen: Seine Kennung bleibt gleich.',
        'Ein Endpunkt, den drei Tage lang nichts erreichte, wird abgeschaltet; was ihm von den letzten 30 Tagen fehlt, kann noch einmal gesendet werden.',
      ),
    ],
  },
};
