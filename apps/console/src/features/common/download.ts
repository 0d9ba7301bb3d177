'use client';
/** Saves an answer of the API as a file, with the same credentials and organization as every other call. */
import { ApiError, toApiProblem } from '../../api/api-error.ts';
import { API_BASE } from '../../api/client.ts';
import { ownerHeaders } from '../../api/organization.ts';

/** @throws {ApiError} The API refused. */
export async function downloadFromApi(path: string, fallbackName: string): Promise<void> {
  const response = await fetch(`${API_BASE}${path}`, {
    credentials: 'same-origin',
    headers: ownerHeaders(),
  }).catch((cause: unknown) => {
    throw new ApiError({ status: 0, code: 'network_error', title: 'No answer', errors: [] }, { cause });
  });
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => undefined);
    throw new ApiError(toApiProblem(response.status, body, response.headers.get('x-request-id')));
  }
  const disposition = response.headers.get('content-disposition') ?? '';
  saveBlob(await response.blob(), /filename="([^"]+)"/.exec(disposition)?.[1] ?? fallbackName);
}

export function saveBlob(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers read the address only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
