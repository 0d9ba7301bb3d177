import type { payloads as english } from '../en/payloads.ts';
import type { Translation } from '../translation.ts';

export const payloads: Translation<typeof english> = {
  title: 'Inhalt',
  keptUntil: 'Was gesendet und geantwortet wurde. Lesbar bis',
  audited: 'Jedes Öffnen steht im Prüfprotokoll.',
  show: 'Inhalt anzeigen',
  hide: 'Inhalt ausblenden',
  replay: 'Im Playground wiederholen',
  request: 'Anfrage',
  response: 'Antwort',
  noRequest: 'Gesendet wurde kein Text, etwa eine Datei; aufbewahrt wird nur Text.',
  noResponse: 'Es kam keine Antwort oder kein Text, etwa Sprache; aufbewahrt wird nur Text.',
  empty: 'Hier steht nichts.',
  cut: 'nach 256 KiB abgeschnitten',
  views: { json: 'JSON', sent: 'Wie gesendet', text: 'Text', events: 'Ereignisse' },
  gone: 'Der Inhalt ist nicht mehr aufbewahrt.',
  goneText: 'Seine Frist ist um, oder die Organisation bewahrt Inhalte inzwischen kürzer auf.',
  notKept: {
    off: 'Ihre Organisation bewahrt keine Inhalte auf; was in dieser Anfrage stand, ist daher nicht hier.',
    past: (days) =>
      days === 1
        ? 'Ihre Organisation bewahrt Inhalte 1 Tag lang auf, und diese Anfrage ist älter.'
        : `Ihre Organisation bewahrt Inhalte ${days} Tage lang auf, und diese Anfrage ist älter.`,
    omitted:
      'Von dieser Anfrage ist kein Inhalt aufbewahrt: Sie hat das so verlangt, war kein Text, kam, bevor Inhalte aufbewahrt wurden, oder er ließ sich nicht aufbewahren.',
    unknown: 'Von dieser Anfrage ist nichts aufbewahrt.',
  },
  toSettings: 'In den Einstellungen ändern',
  setting: {
    label: 'Inhalte von Anfragen aufbewahren',
    off: 'Aus',
    days: (days) => (days === 1 ? '1 Tag' : `${days} Tage`),
    hint: 'Prompts und Antworten jeder Anfrage, nur Text, je bis zu 256 KiB. Sie werden verschlüsselt gespeichert; öffnen können sie nur Rollen mit der Berechtigung payloads:read, und jedes Öffnen steht im Prüfprotokoll. Anfragen mit dem Header x-tollgate-payload: omit bleiben außen vor.',
    fewerTitle: (days) =>
      days === 0
        ? 'Inhalte von Anfragen nicht mehr aufbewahren?'
        : days === 1
          ? 'Inhalte von Anfragen nur noch 1 Tag aufbewahren?'
          : `Inhalte von Anfragen nur noch ${days} Tage aufbewahren?`,
    fewerText: (days) =>
      days === 0
        ? 'Alles Aufbewahrte ist von da an für niemanden mehr lesbar und wird gelöscht. Das lässt sich nicht rückgängig machen.'
        : 'Was älter ist, ist von da an für niemanden mehr lesbar und wird gelöscht. Das lässt sich nicht rückgängig machen.',
    fewerConfirm: (days) => (days === 0 ? 'Beenden und löschen' : 'Speichern und löschen'),
  },
};
