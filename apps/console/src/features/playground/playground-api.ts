'use client';
/**
 * Calls the gateway by way of the API, which does it under a key of the signed-in person that never reaches this
 * browser. Unlike apiFetch it gives the answer as it comes, because it may be a stream.
 */
import { API_BASE, apiFetch } from '../../api/client.ts';
import { ownerHeaders } from '../../api/organization.ts';

export interface PlaygroundCall {
  readonly endpoint: string;
  readonly teamId: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** Whether there is a session that could be ended. */
let used = false;

export function callPlayground({ endpoint, teamId, body, signal }: PlaygroundCall): Promise<Response> {
  used = true;
  return fetch(`${API_BASE}/playground/calls`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      'x-tollgate-csrf': '1',
      ...ownerHeaders(),
    },
    body: JSON.stringify({ endpoint, body, ...(teamId !== '' && { teamId }) }),
    signal,
  });
}

/** The session's secret stops working at once. Also while the page is being left. */
export function endPlayground(): void {
  if (!used) return;
  used = false;
  // Without it the session ends by itself, later.
  apiFetch('/playground/session', { method: 'DELETE', keepalive: true, keepOnUnauthorized: true }).catch(
    () => undefined,
  );
}
