/**
 * Azure's addresses. The current API (`/openai/v1/…`) is the registry's data. The API with a date for a version has
 * the deployment in the path and the version in the query.
 *
 * Source: learn.microsoft.com, "Azure OpenAI in Azure AI Foundry Models REST API reference" and "API version
 * lifecycle".
 */

const DATED = /^\d{4}-\d{2}-\d{2}(?:-preview)?$/;
/** Of the dated API, these stand beside deployments, not below one. */
const WITHOUT_DEPLOYMENT = /^\/(?:files|batches|models|responses|videos)(?:[/?]|$)/;

export function isDatedVersion(apiVersion: string | undefined): boolean {
  return apiVersion !== undefined && DATED.test(apiVersion);
}

/**
 * @param path As the registry has it, `/openai/v1/chat/completions`.
 * @param deployment Already encoded.
 * @returns The path for that version; the same one for paths of other APIs, such as Anthropic's.
 */
export function datedPath(path: string, deployment: string, apiVersion: string): string {
  const below = '/openai/v1';
  if (!path.startsWith(`${below}/`)) return path;
  const rest = path.slice(below.length);
  const place = WITHOUT_DEPLOYMENT.test(rest) ? `/openai${rest}` : `/openai/deployments/${deployment}${rest}`;
  return `${place}${rest.includes('?') ? '&' : '?'}api-version=${encodeURIComponent(apiVersion)}`;
}
