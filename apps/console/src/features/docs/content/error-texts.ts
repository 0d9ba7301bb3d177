/** What each code means and what to do, by the gateway's own list: a code without its words does not compile. */
import type { GatewayErrorCode } from '@tollgate/errors';
import type { Locale } from '../../../i18n/locale.ts';

interface ErrorText {
  readonly meaning: string;
  readonly todo: string;
}

/** Those that somebody can meet: the contract keeps a code for rules about content. */
export type MetErrorCode = Exclude<GatewayErrorCode, 'guardrail_blocked'>;

type ErrorTexts = Readonly<Record<MetErrorCode, ErrorText>>;

const english: ErrorTexts = {
  invalid_api_key: {
    meaning: 'There is no such key in this installation.',
    todo: 'Check for missing characters, and the base URL.',
  },
  key_revoked: { meaning: 'The key was revoked.', todo: 'Use another; a revoked one never works again.' },
  key_expired: {
    meaning: 'The time of the key, or of a secret that was rotated away, is over.',
    todo: 'Use the secret of the last rotation, set a later expiry, or create a new key.',
  },
  budget_exceeded: {
    meaning: 'A hard budget has nothing left.',
    todo: 'Wait for the reset, or raise the limit.',
  },
  request_exceeds_budget: {
    meaning: 'The request could cost more than a hard budget has left.',
    todo: 'Lower the output limit, or send less.',
  },
  unbounded_cost: {
    meaning: 'Under a hard budget, and nothing bounds the cost: the message says why.',
    todo: 'State the price that lacks, limit the provider’s tool or leave it out, or take a model whose window is known.',
  },
  budget_in_flight: { meaning: 'What is left is held by running requests.', todo: 'Try again in a moment.' },
  permission_denied: {
    meaning:
      'The key’s scope, its IP ranges or its owner do not allow this; or the organization is suspended; or files, batches and videos lack a credential of your own.',
    todo: 'The message says which. Look at the key’s page, or add a credential under Providers.',
  },
  model_not_found: {
    meaning: 'The model does not exist, or this key may not use it.',
    todo: 'Use a name from Models, or widen the key’s scope.',
  },
  not_found: { meaning: 'There is no such path or thing.', todo: 'Check the base URL of the SDK.' },
  method_not_allowed: { meaning: 'The path wants another method.', todo: 'Check the call.' },
  rate_limit_exceeded: {
    meaning: 'A rate limit of yours is reached.',
    todo: 'Wait as long as retry-after says.',
  },
  request_too_large: { meaning: 'The body is larger than the gateway takes.', todo: 'Send less at once.' },
  invalid_request: { meaning: 'The request is not valid.', todo: 'The message names the field.' },
  unsupported_parameter: {
    meaning: 'The provider of the model has no words for a parameter that would change the answer.',
    todo: 'Leave it out, choose another model, or send x-tollgate-unsupported: report to go on without it.',
  },
  idempotency_key_reused: {
    meaning:
      'The Idempotency-Key came with another request before: another body, path, provider, route or version.',
    todo: 'Use a new one for a new request.',
  },
  idempotency_in_progress: { meaning: 'The same request is still running.', todo: 'Wait a second.' },
  upstream_rate_limited: {
    meaning: 'The provider limits the credential.',
    todo: 'Wait, or add a credential.',
  },
  provider_credential_rejected: {
    meaning: 'The provider refused our credential. Your key is fine.',
    todo: 'Test the credential under Providers.',
  },
  provider_quota_exhausted: {
    meaning: 'The account at the provider has nothing left.',
    todo: 'Top it up at the provider.',
  },
  upstream_error: {
    meaning: 'The provider failed, or refused the request itself.',
    todo: 'The message is its own.',
  },
  upstream_timeout: { meaning: 'The provider did not answer in time.', todo: 'Try again, or ask for less.' },
  upstream_unavailable: {
    meaning: 'The provider cannot be reached.',
    todo: 'Try again; a route can fall back.',
  },
  service_unavailable: {
    meaning: 'The gateway has too much to do or is restarting, or something behind it is away.',
    todo: 'Try again. What had begun (a stream that broke off, a 500) may be billed; otherwise nothing was sent.',
  },
  capacity_share_exceeded: {
    meaning: 'This key or its organization has its share of the gateway.',
    todo: 'Try again in a moment.',
  },
};

const german: ErrorTexts = {
  invalid_api_key: {
    meaning: 'Diesen Schlüssel gibt es in dieser Installation nicht.',
    todo: 'Auf fehlende Zeichen prüfen, und die Basis-URL.',
  },
  key_revoked: {
    meaning: 'Der Schlüssel wurde widerrufen.',
    todo: 'Einen anderen nehmen; er gilt nie wieder.',
  },
  key_expired: {
    meaning: 'Die Zeit des Schlüssels, oder eines Geheimnisses, das erneuert wurde, ist um.',
    todo: 'Das Geheimnis der letzten Erneuerung benutzen, den Ablauf verlängern oder neu anlegen.',
  },
  budget_exceeded: {
    meaning: 'Von einem harten Budget ist nichts übrig.',
    todo: 'Auf den Neubeginn warten oder das Limit anheben.',
  },
  request_exceeds_budget: {
    meaning: 'Die Anfrage könnte mehr kosten, als ein hartes Budget noch hat.',
    todo: 'Ausgabegrenze senken oder weniger senden.',
  },
  unbounded_cost: {
    meaning: 'Unter einem harten Budget, und nichts begrenzt die Kosten: Die Meldung sagt, warum.',
    todo: 'Den fehlenden Preis angeben, das Werkzeug des Anbieters begrenzen oder weglassen, oder ein Modell nehmen, dessen Fenster bekannt ist.',
  },
  budget_in_flight: {
    meaning: 'Was übrig ist, halten laufende Anfragen.',
    todo: 'Gleich noch einmal versuchen.',
  },
  permission_denied: {
    meaning:
      'Geltung, IP-Bereiche oder Inhaber des Schlüssels erlauben es nicht; oder die Organisation ist ausgesetzt; oder Dateien, Batches und Videos fehlt ein eigener Zugang.',
    todo: 'Die Meldung sagt, was es ist. Sehen Sie auf die Seite des Schlüssels, oder legen Sie unter Anbieter einen Zugang an.',
  },
  model_not_found: {
    meaning: 'Das Modell gibt es nicht, oder dieser Schlüssel darf es nicht benutzen.',
    todo: 'Einen Namen aus Modelle nehmen oder die Geltung erweitern.',
  },
  not_found: { meaning: 'Pfad oder Ding gibt es nicht.', todo: 'Die Basis-URL des SDKs prüfen.' },
  method_not_allowed: { meaning: 'Der Pfad will eine andere Methode.', todo: 'Den Aufruf prüfen.' },
  rate_limit_exceeded: {
    meaning: 'Ein Limit von Ihnen ist erreicht.',
    todo: 'So lange warten, wie retry-after sagt.',
  },
  request_too_large: {
    meaning: 'Der Body ist größer, als das Gateway annimmt.',
    todo: 'Weniger auf einmal senden.',
  },
  invalid_request: { meaning: 'Die Anfrage ist nicht gültig.', todo: 'Die Meldung nennt das Feld.' },
  unsupported_parameter: {
    meaning:
      'Für einen Parameter, der die Antwort verändern würde, hat der Anbieter des Modells keine Worte.',
    todo: 'Weglassen, ein anderes Modell wählen oder mit x-tollgate-unsupported: report ohne ihn weitermachen.',
  },
  idempotency_key_reused: {
    meaning:
      'Der Idempotency-Key kam schon mit einer anderen Anfrage: mit anderem Body, Pfad, Anbieter, anderer Route oder Version.',
    todo: 'Für eine neue Anfrage einen neuen nehmen.',
  },
  idempotency_in_progress: { meaning: 'Dieselbe Anfrage läuft noch.', todo: 'Eine Sekunde warten.' },
  upstream_rate_limited: {
    meaning: 'Der Anbieter begrenzt den Zugang.',
    todo: 'Warten oder einen weiteren Zugang anlegen.',
  },
  provider_credential_rejected: {
    meaning: 'Der Anbieter hat unseren Zugang abgelehnt. Ihr Schlüssel ist in Ordnung.',
    todo: 'Den Zugang unter Anbieter testen.',
  },
  provider_quota_exhausted: {
    meaning: 'Das Konto beim Anbieter ist leer.',
    todo: 'Beim Anbieter aufladen.',
  },
  upstream_error: {
    meaning: 'Der Anbieter ist gescheitert oder hat die Anfrage selbst abgelehnt.',
    todo: 'Die Meldung ist seine.',
  },
  upstream_timeout: {
    meaning: 'Der Anbieter hat nicht rechtzeitig geantwortet.',
    todo: 'Noch einmal versuchen oder weniger verlangen.',
  },
  upstream_unavailable: {
    meaning: 'Der Anbieter ist nicht zu erreichen.',
    todo: 'Noch einmal versuchen; eine Route kann ausweichen.',
  },
  service_unavailable: {
    meaning: 'Das Gateway hat zu viel zu tun oder startet neu, oder etwas dahinter ist nicht da.',
    todo: 'Noch einmal versuchen. Was schon begonnen hatte (ein abgebrochener Stream, ein 500), kann berechnet werden; sonst wurde nichts gesendet.',
  },
  capacity_share_exceeded: {
    meaning: 'Dieser Schlüssel oder seine Organisation hat schon seinen Anteil am Gateway.',
    todo: 'Gleich noch einmal versuchen.',
  },
};

export const ERROR_TEXTS: Readonly<Record<Locale, ErrorTexts>> = { en: english, de: german };
