/**
 * What the fields of a provider's credential are called and where they are found, where a language differs from the
 * provider's own data, which is English. By field, and by `provider.field` where one provider needs other words.
 */
import type { Locale } from './locale.ts';

export interface CredentialFieldTexts {
  readonly labels: Readonly<Record<string, string>>;
  readonly help: Readonly<Record<string, string>>;
}

const ENGLISH: CredentialFieldTexts = { labels: {}, help: {} };

const GERMAN: CredentialFieldTexts = {
  labels: {
    apiKey: 'API-Schlüssel',
    baseUrl: 'Basis-URL',
    apiVersion: 'API-Version',
    region: 'Region',
    project: 'Projekt-ID',
    serviceAccount: 'Schlüssel des Dienstkontos',
    accessKeyId: 'Zugriffsschlüssel-ID',
    secretAccessKey: 'Geheimer Zugriffsschlüssel',
    sessionToken: 'Sitzungstoken',
    provider: 'Anbieter',
    config: 'Konfiguration',
    'azure.baseUrl': 'Endpunkt',
    'azure-ai.baseUrl': 'Endpunkt',
    'amazon-bedrock.apiKey': 'Bedrock-API-Schlüssel',
    'google-vertex.region': 'Standort',
  },
  help: {
    apiKey:
      'Beim Anbieter unter den API-Schlüsseln zu finden; wird verschlüsselt gespeichert und nie wieder gezeigt.',
    baseUrl: 'Dorthin gehen die Anfragen. HTTPS, und keine private Adresse, außer der Betreiber erlaubt sie.',
    region: 'Wo die Modelle freigeschaltet sind, etwa us-east-1.',
    'openai-compatible.apiKey': 'Leer lassen, wenn der Server keinen verlangt.',
    'openai-compatible.baseUrl': 'Wo die API ist, bis einschließlich /v1.',
    'ollama.apiKey': 'Leer lassen, wenn der Server keinen verlangt.',
    'vllm.apiKey': 'Leer lassen, wenn der Server keinen verlangt.',
    'azure.baseUrl': 'Der Endpunkt der Ressource: Azure-Portal, „Schlüssel und Endpunkt“.',
    'azure.apiKey': 'Einer der beiden Schlüssel auf derselben Seite.',
    'azure-ai.baseUrl': 'Der Endpunkt der Ressource: Azure-Portal, „Schlüssel und Endpunkt“.',
    'azure-ai.apiKey': 'Einer der beiden Schlüssel auf derselben Seite.',
    apiVersion:
      'Leer oder v1 für die aktuelle API; ein Datum wie 2024-10-21 für die mit Bereitstellungen in den Adressen.',
    accessKeyId:
      'IAM, Benutzer, Sicherheitsanmeldedaten. Er braucht bedrock:InvokeModel und bedrock:InvokeModelWithResponseStream.',
    secretAccessKey: 'Wird einmal gezeigt, wenn der Zugriffsschlüssel angelegt wird.',
    sessionToken: 'Nur bei vorübergehenden Anmeldedaten.',
    'amazon-bedrock.apiKey': 'Statt eines Zugriffsschlüssels: Bedrock-Konsole, API-Schlüssel.',
    serviceAccount:
      'Die JSON-Datei eines Schlüssels: IAM & Verwaltung, Dienstkonten, Schlüssel. Das Konto braucht die Rolle „Vertex AI User“.',
    project: 'Das Projekt, das zahlt; ohne Angabe das des Dienstkontos.',
    'google-vertex.region': 'Etwa us-central1, europe-west4 oder global.',
  },
};

export const CREDENTIAL_FIELD_TEXTS: Readonly<Record<Locale, CredentialFieldTexts>> = {
  en: ENGLISH,
  de: GERMAN,
};
