/**
 * Where a request goes under a route: which rule holds, which target is drawn, and what is tried after it. Pure, and
 * the same for gateways that send and for people who ask beforehand.
 *
 * The draw is repeatable: the same route, sticky value and usable targets always give the same target.
 */
import { meetsAll, type RoutedRequest } from './condition.ts';
import type { Route, RouteRule, RouteTarget } from './route.ts';

export interface PlannedTarget {
  readonly target: RouteTarget;
  readonly from: 'rule' | 'fallback';
  /** Of the rule's targets, or of the fall-backs. */
  readonly index: number;
  /** Of the requests under this rule, how many it is drawn for: 0 to 1. */
  readonly share: number;
  /** False: left out, and told so that it can be explained. */
  readonly usable: boolean;
}

export interface RoutePlan {
  /** Index of the rule that holds. */
  readonly rule: number;
  /** All targets of the rule and all fall-backs, each once, in the order in which they are tried. */
  readonly order: readonly PlannedTarget[];
  /** Whether another request of the same sticky value goes to the same target. */
  readonly sticky: boolean;
}

/** @returns Undefined: no rule of the route matches. @param isUsable Whether a target can serve this request at all. */
export function planRoute(
  route: Route,
  request: RoutedRequest,
  isUsable: (target: RouteTarget) => boolean,
): RoutePlan | undefined {
  const rule = route.rules.findIndex(({ when }) => meetsAll(when, request));
  if (rule === -1) return undefined;
  const value = stickyValue(route, request);
  const drawn = drawnFirst(
    planRule(route.rules[rule]!, isUsable),
    hashText(`${route.id} ${value === '' ? request.requestId : value}`),
  );
  const fallbacks = route.fallbacks.map(
    (target, index): PlannedTarget => ({
      target,
      from: 'fallback',
      index,
      share: 0,
      usable: isUsable(target),
    }),
  );
  return { rule, order: [...drawn, ...fallbacks], sticky: value !== '' };
}

/** Empty: each request is drawn for itself. */
function stickyValue({ stickyBy }: Route, { session, endUser, keyId }: RoutedRequest): string {
  switch (stickyBy) {
    case 'none':
      return '';
    case 'session':
      return session;
    case 'endUser':
      return endUser;
    case 'key':
      return keyId;
  }
}

/** Shares are of what is usable: what is left out gives its share to the others. */
function planRule({ targets }: RouteRule, isUsable: (target: RouteTarget) => boolean): PlannedTarget[] {
  const usable = targets.map(isUsable);
  const total = targets.reduce((sum, { weight }, index) => (usable[index] ? sum + weight : sum), 0);
  const first = usable.indexOf(true);
  return targets.map((target, index) => {
    const weighted = total === 0 ? Number(index === first) : target.weight / total;
    return { target, from: 'rule', index, share: usable[index] ? weighted : 0, usable: usable[index]! };
  });
}

/** @param hash Of 32 bits. */
function drawnFirst(planned: readonly PlannedTarget[], hash: number): readonly PlannedTarget[] {
  let place = hash / 0x1_0000_0000;
  // Shares are rounded, so that the last one takes what is left.
  let drawn = planned.findLastIndex(({ share }) => share > 0);
  for (const [index, { share }] of planned.entries()) {
    if (share > 0 && place < share) {
      drawn = index;
      break;
    }
    place -= share;
  }
  return drawn <= 0 ? planned : [planned[drawn]!, ...planned.toSpliced(drawn, 1)];
}

/** 32 bits that change by halves with every letter: FNV-1a, then mixed, because ids differ in their last letters. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
