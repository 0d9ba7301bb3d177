/**
 * What a request names and is not there. Told are only names that this key may use, and the same of what does not exist
 * and of what is not allowed.
 */
import { GatewayError, type GatewayErrorDetails } from '@tollgate/errors';
import { type Exchange, known } from './exchange.ts';
import { nearNames, usableModels, usableRoutes } from './usable-models.ts';

const KINDS = {
  model: { why: 'it does not exist, or this key may not use it', usable: usableModels },
  route: {
    why: 'it does not exist, is disabled, or this key may use nothing that it leads to',
    usable: usableRoutes,
  },
} as const;

export function notFound(
  exchange: Exchange,
  kind: keyof typeof KINDS,
  name: string,
  details: GatewayErrorDetails = { param: 'model' },
): GatewayError {
  const { why, usable } = KINDS[kind];
  const near = nearNames(
    name,
    usable(
      known(exchange.key, 'the key'),
      known(exchange.organization, 'the organization'),
      known(exchange.platform, 'the catalogue'),
    ),
  );
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  return new GatewayError('model_not_found', `Cannot find the ${kind} "${name}": ${why}.${hint}`, details);
}
