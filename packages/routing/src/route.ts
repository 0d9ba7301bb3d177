/**
 * What a route is: a name that requests ask for like a model, and where they are sent then. Data, and its bounds.
 *
 * No server code and no schema library: the browser reads the same bounds. Not here: which credentials serve a target
 * (candidates.ts).
 */

export const STICKY_BY = ['none', 'session', 'endUser', 'key'] as const;
export type StickyBy = (typeof STICKY_BY)[number];

export const OPERATORS = ['is', 'isNot', 'atLeast', 'atMost'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Besides `tag:NAME`. */
export const PLAIN_FIELDS = [
  'team',
  'key',
  'serviceAccount',
  'endUser',
  'endpoint',
  'stream',
  'inputTokens',
] as const;
export type PlainField = (typeof PLAIN_FIELDS)[number];
export type ConditionField = PlainField | `tag:${string}`;

export interface Condition {
  readonly field: ConditionField;
  readonly operator: Operator;
  /** Any of them; `atLeast` and `atMost` take one number. */
  readonly values: readonly string[];
}

export interface RouteTarget {
  /** Bare, or with its provider before a slash. Never a route's name. */
  readonly model: string;
  /** One of the organization's own; null: whichever serves the model, as for requests without a route. */
  readonly credentialId: string | null;
}

export interface WeightedTarget extends RouteTarget {
  /** 0: never drawn, still next in line. */
  readonly weight: number;
}

export interface RouteRule {
  /** All must hold; none: always. */
  readonly when: readonly Condition[];
  readonly targets: readonly WeightedTarget[];
}

export interface Route {
  readonly id: string;
  readonly name: string;
  /** The first whose conditions hold. */
  readonly rules: readonly RouteRule[];
  /** Tried in order when the rule's targets have not answered. */
  readonly fallbacks: readonly RouteTarget[];
  readonly stickyBy: StickyBy;
  /** May go from the organization's own credentials to the operator's. */
  readonly allowResold: boolean;
}

export const ROUTE_BOUNDS = {
  nameLength: 100,
  descriptionLength: 1_000,
  rules: 20,
  targets: 10,
  fallbacks: 10,
  conditions: 10,
  values: 50,
  /** As long as values of tags may be. */
  valueLength: 512,
  tagNameLength: 64,
  modelLength: 300,
  weight: 1_000,
  inputTokens: 100_000_000,
  /** Of one organization: gateways keep them all in memory. */
  routes: 200,
  /** Of one route’s rules and fall-backs together, as JSON: an audit event holds it before and after. */
  jsonLength: 30_000,
  /** Of all routes of one organization together, as they are stored: gateways read them whole, at each change. */
  storedBytes: 1_000_000,
} as const;

const NAME = /^[A-Za-z0-9][\w.:/-]{0,99}$/;

/** Letters, digits and `. _ : / -`, beginning with a letter or a digit. */
export function isRouteName(text: string): boolean {
  return NAME.test(text);
}

/** Names are compared without regard to case. */
export function routeKey(name: string): string {
  return name.toLowerCase();
}
