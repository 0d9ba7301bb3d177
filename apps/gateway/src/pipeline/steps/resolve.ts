/** Which credentials can serve the model that was asked for, in the order in which they are tried. */
import { GatewayError } from '@tollgate/errors';
import { type Candidate, preferProviders, resolveModel } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { nearNames, usableModels } from '../usable-models.ts';

export function resolve(exchange: Exchange): void {
  const asked = known(exchange.asked, 'the request');
  const extensions = known(exchange.extensions, 'the extensions');
  const candidates: Candidate[] = [];
  for (const name of [asked.model, ...extensions.fallbackModels]) {
    const { candidates: found } = candidatesOf(exchange, name);
    candidates.push(...preferProviders(found, extensions.providers));
  }
  if (candidates.length === 0) throw modelNotFound(exchange, asked.model);
  const serving = candidates.filter(({ provider, upstreamModel }) =>
    asked.isServedBy(provider, upstreamModel),
  );
  if (serving.length === 0) throw notServed(exchange, asked.model, candidates[0]!);
  exchange.candidates = serving;
}

export function candidatesOf(exchange: Exchange, name: string): ReturnType<typeof resolveModel> {
  return resolveModel(
    name,
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  );
}

function notServed({ endpoint }: Exchange, name: string, { provider }: Candidate): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot use the model "${name}" here: ${provider.displayName} has no ${endpoint.name}.`,
    { param: 'model' },
  );
}

/** Names only what this key may use; the same answer for what does not exist and what is not allowed. */
export function modelNotFound(exchange: Exchange, name: string): GatewayError {
  const near = nearNames(
    name,
    usableModels(
      known(exchange.key, 'the key'),
      known(exchange.organization, 'the organization'),
      known(exchange.platform, 'the catalogue'),
    ),
  );
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  return new GatewayError(
    'model_not_found',
    `Cannot find the model "${name}": it does not exist, or this key may not use it.${hint}`,
    { param: 'model' },
  );
}
