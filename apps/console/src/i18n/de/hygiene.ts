import type { hygiene as english } from '../en/hygiene.ts';
import type { Translation } from '../translation.ts';

export const hygiene: Translation<typeof english> = {
  title: 'Schlüsselhygiene',
  description: 'Schlüssel, mit denen unbemerkt etwas schiefgehen kann, und was dagegen hilft.',
  back: 'Alle Schlüssel',
  tabs: { findings: 'Befunde', rules: 'Regeln' },
  findings: {
    noBudget: 'Ohne Budget',
    noRateLimit: 'Ohne Ratenlimit',
    neverExpires: 'Läuft nie ab',
    idle: 'Ungenutzt',
    ownerLeft: 'Inhaber ausgeschieden',
    notRotated: 'Nicht erneuert',
  },
  hints: {
    noBudget: 'kein hartes Budget hält ihn auf',
    noRateLimit: 'nichts bremst ihn',
    neverExpires: 'gilt bis zur Sperrung',
    idle: (days) => `seit ${days} Tagen ungenutzt`,
    ownerLeft: 'niemand steht für ihn ein',
    notRotated: (days) => `Geheimnis über ${days} Tage alt`,
  },
  what: {
    noBudget:
      'Kein hartes Budget des Schlüssels, seines Teams, seines Inhabers oder der Organisation begrenzt diese Schlüssel. Gelangt einer in fremde Hände, kann er ohne Ende ausgeben.',
    noRateLimit:
      'Kein Ratenlimit des Schlüssels, seines Teams, seines Inhabers oder der Organisation gilt für alle Anfragen dieser Schlüssel. Läuft einer aus dem Ruder, nimmt er anderen, was sie brauchen. Limits einzelner Modelle zählen nicht.',
    neverExpires:
      'Diese Schlüssel gelten, bis sie jemand sperrt. Geben Sie ihnen ein Datum, oder allen neuen eine Regel.',
    idle: 'So lange hat niemand diese Schlüssel benutzt. Sperren Sie, was nichts mehr braucht.',
    ownerLeft:
      'Das Konto des Inhabers ist gesperrt, oder das Dienstkonto ist es. Sperren Sie sie, oder geben Sie ihnen einen anderen Inhaber.',
    notRotated:
      'Ihr Geheimnis ist alt. Erneuern Sie es mit Überlappung: Das alte gilt weiter, während das neue verteilt wird.',
  },
  atLeast: (count) => `${count}+`,
  lookedAt: (count) => `Unter den neuesten ${count} Schlüsseln.`,
  days: 'Tage',
  fineTitle: 'Hier ist nichts zu tun',
  fineText: 'Keiner Ihrer Schlüssel hat dieses Problem.',
  rotated: 'Erneuert',
  bulk: {
    expire: 'Ablauf setzen',
    budget: 'Budget geben',
    rotate: 'Erneuern',
    owner: 'Inhaber ändern',
    team: 'In Team verschieben',
    revoke: 'Sperren',
    tooMany: (max) => `Höchstens ${max} Schlüssel auf einmal.`,
    expireTitle: (count) => `Ablauf für ${keyCount(count)} setzen`,
    expireText: 'Danach lehnt jedes Gateway sie ab. Mit einem späteren Datum gelten sie wieder.',
    budgetTitle: (count) => `${keyCount(count)}: Budget geben`,
    budgetText: 'Jeder bekommt ein eigenes.',
    rotateTitle: (count) => `${keyCount(count)} erneuern`,
    rotateText: 'Jeder bekommt ein neues Geheimnis. Namen, Umfang, Budgets und Verlauf bleiben.',
    ownerTitle: (count) => `${keyCount(count)}: Inhaber ändern`,
    ownerText: 'Der Inhaber steht für einen Schlüssel ein. Geheimnisse, Umfang, Budgets und Verlauf bleiben.',
    ownerMissing: 'Wählen Sie, wem sie von jetzt an gehören.',
    teamTitle: (count) => `${keyCount(count)} in ein Team verschieben`,
    teamText:
      'Von jetzt an zählen Ausgaben, Grenzen und Budgets dort; was schon ausgegeben ist, bleibt, wo es war.',
    teamMissing: 'Wählen Sie ein Team.',
    teamRules:
      'Schlüssel, die länger gelten als die Regeln dieses Teams erlauben, bleiben, wo sie sind, und Sie erfahren, welche. Geben Sie ihnen zuerst ein Datum.',
    revokeTitle: (count) => `${keyCount(count)} sperren?`,
    revokeText:
      'Jedes Gateway lehnt sie binnen einer Sekunde ab und bricht offene Antworten ab. Das lässt sich nicht rückgängig machen.',
    asRules: 'wie es die Regeln jedes Teams sagen',
    withoutRule: 'Wo keine Regel eine Zeit nennt, endet das alte Geheimnis sofort.',
    confirmWord: 'sperren',
    perMinute: (rate, count) =>
      `${rate} Anfragen/min nutzen ${count === 1 ? 'einen dieser Schlüssel' : `${count} dieser Schlüssel`}.`,
    unused: (minutes) => `In den letzten ${minutes} Minuten hat nichts diese Schlüssel genutzt.`,
    looking: 'Es wird nachgesehen, was sie nutzt …',
    failed: (count) => `${keyCount(count)} nicht geändert`,
    done: (count) => `${keyCount(count)} geändert`,
    resultTitle: 'Neue Geheimnisse',
    resultText: 'Sie werden jetzt gezeigt und nie wieder. Kopieren Sie jedes, bevor Sie schließen.',
    results: 'Was daraus wurde',
    submit: 'Anwenden',
  },
};

function keyCount(count: number): string {
  return count === 1 ? 'Ein Schlüssel' : `${count} Schlüssel`;
}
