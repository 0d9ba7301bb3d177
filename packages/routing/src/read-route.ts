/** Routes as they are stored. What cannot be read is refused, never guessed: a route that is wrong must not send. */
import { findConditionFault } from './condition.ts';
import {
  type Condition,
  OPERATORS,
  type Route,
  type RouteRule,
  type RouteTarget,
  STICKY_BY,
  type WeightedTarget,
} from './route.ts';

export interface StoredRoute {
  readonly id: string;
  readonly name: string;
  readonly rules: unknown;
  readonly fallbacks: unknown;
  readonly stickyBy: string;
  readonly allowResold: boolean;
}

/** @throws {Error} It is not a route. */
export function readRoute({ id, name, rules, fallbacks, stickyBy, allowResold }: StoredRoute): Route {
  return {
    id,
    name,
    rules: list(rules).map(readRule),
    fallbacks: list(fallbacks).map(readTarget),
    stickyBy: oneOf(STICKY_BY, stickyBy),
    allowResold,
  };
}

function readRule(value: unknown): RouteRule {
  const { when, targets } = fields(value);
  return { when: list(when).map(readCondition), targets: list(targets).map(readWeighted) };
}

function readCondition(value: unknown): Condition {
  const { field, operator, values } = fields(value);
  const condition = {
    field: text(field) as Condition['field'],
    operator: oneOf(OPERATORS, text(operator)),
    values: list(values).map(text),
  };
  const fault = findConditionFault(condition);
  if (fault !== undefined) throw unreadable(`${fault.part} ${fault.message}`);
  return condition;
}

function readTarget(value: unknown): RouteTarget {
  const { model, credentialId } = fields(value);
  return { model: text(model), credentialId: credentialId == null ? null : text(credentialId) };
}

function readWeighted(value: unknown): WeightedTarget {
  const { weight } = fields(value);
  if (!Number.isSafeInteger(weight) || Number(weight) < 0) throw unreadable('weight must be a whole number');
  return { ...readTarget(value), weight: Number(weight) };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw unreadable('each part must be an object');
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable('each list must be a list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw unreadable('each name must be text');
  return value;
}

function oneOf<T extends string>(allowed: readonly T[], value: string): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw unreadable(`must be one of ${allowed.join(', ')}`);
  return found;
}

function unreadable(rule: string): Error {
  return new Error(`Cannot read a route: ${rule}`);
}
