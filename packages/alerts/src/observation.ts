/** What a look at the data has found: a cause that is there, or no longer. Data only; rules decide what follows. */
import type { AlertKind, Severity } from './alert-kinds.ts';

type Figures = Readonly<Record<string, string>>;

interface AlertTarget {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

export interface Observation {
  readonly kind: AlertKind;
  /** What causes it: one alert per cause and period, however often it is looked at. */
  readonly causeKey: string;
  readonly periodKey: string;
  readonly firing: boolean;
  readonly severity: Severity;
  /** Where one cause grows: a higher level is told again. */
  readonly level: number;
  /** An event rather than a condition: told once, and over at once. */
  readonly notice: boolean;
  /** Where `firing` is false: why it ended. */
  readonly recoveryReason: string;
  /** Ends without anybody being told: a new period, a rule that was switched off. */
  readonly endsQuietly: boolean;
  readonly target: AlertTarget;
  /** The team that it concerns, with those above it; empty: none. */
  readonly teamPath: readonly string[];
  readonly figures: Figures;
  /** Only this rule, where rules of a kind look differently; else all of its kind. */
  readonly ruleId?: string;
}

const NOTHING = {
  level: 0,
  notice: false,
  recoveryReason: '',
  endsQuietly: false,
  teamPath: [],
  figures: {},
  severity: 'warning' as const,
};

/** With the usual for everything that is not said. */
export function observe(
  found: Pick<Observation, 'kind' | 'causeKey' | 'periodKey' | 'firing' | 'target'> & Partial<Observation>,
): Observation {
  return { ...NOTHING, ...found };
}
