/**
 * By what a request was served, for its answer and its record. Pure.
 *
 * Where a budget's substitute was sent to, no route served: neither its rules nor its target had a say in the model that
 * answered. Where nothing was sent after all, the route is what was refused.
 */
import type { RequestFrame } from '@tollgate/metering';
import type { Exchange } from './exchange.ts';

type ServedBy = Pick<RequestFrame, 'route' | 'substitution'>;

const NONE: ServedBy = {};

export function servedBy({ route, substitution, attempts }: Exchange): ServedBy {
  if (substitution !== undefined && attempts.length > 0) return { substitution };
  return route === undefined ? NONE : { route };
}
