/** What of the documentation tells of payloads, in both languages. */
import type { Locale } from '../../../i18n/locale.ts';
import { type DocBlock, heading, list, text } from '../doc-block.ts';

export const payloadBlocks: Readonly<Record<Locale, readonly DocBlock[]>> = {
  en: [
    heading('payloads', 'What requests say'),
    text(
      'Tollgate keeps neither prompts nor answers unless an organization asks for it: for 1 to 30 days, under [Organization](/settings/organization). From then on each [request](/requests) shows what was sent and answered, and can be replayed in the [playground](/playground).',
    ),
    list(
      'Kept is text: JSON, streams of events, plain text; the first 256 KiB of each side. Files that are uploaded, and speech, are not; images within JSON are a part of it.',
      'It is stored encrypted, for its organization and its request only.',
      'The permission `payloads:read` opens it. Owners and administrators have it; roles of your own can have it, under [Members](/members?tab=roles). Each opening is an event of the audit log.',
      'With fewer days, what is older can be read by nobody at once, and is deleted soon after.',
      'A single request is left out by the header `x-tollgate-payload: omit`.',
    ),
  ],
  de: [
    heading('payloads', 'Was in Anfragen steht'),
    text(
      'Tollgate bewahrt weder Prompts noch Antworten auf, solange eine Organisation das nicht will: für 1 bis 30 Tage, einzustellen unter [Organisation](/settings/organization). Von da an zeigt jede [Anfrage](/requests), was gesendet und geantwortet wurde, und lässt sich im [Playground](/playground) wiederholen.',
    ),
    list(
      'Aufbewahrt wird Text: JSON, Ereignisströme, reiner Text; von jeder Seite die ersten 256 KiB. Hochgeladene Dateien und Sprache nicht; Bilder im JSON gehören dazu.',
      'Gespeichert wird verschlüsselt, nur für diese Organisation und diese Anfrage lesbar.',
      'Öffnen darf, wer die Berechtigung `payloads:read` hat: Inhaber und Administratoren immer, eigene Rollen über [Mitglieder](/members?tab=roles). Jedes Öffnen steht im Prüfprotokoll.',
      'Bei weniger Tagen ist Älteres sofort für niemanden mehr lesbar und wird bald darauf gelöscht.',
      'Eine einzelne Anfrage bleibt mit dem Header `x-tollgate-payload: omit` außen vor.',
    ),
  ],
};
