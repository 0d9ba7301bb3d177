/** Types of bodies that pass as they come. */
import type { RequestExtensions } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';

const MEDIA_TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:\s*;\s*[\w-]{1,32}="?[\w.-]{1,64}"?){0,3}$/;

/** A provider's own, where it is one; what browsers would run is not. */
export function mediaTypeOf(contentType: string): string {
  return MEDIA_TYPE.test(contentType) && !/html|xml|javascript/i.test(contentType)
    ? contentType
    : 'application/octet-stream';
}

const FORM = /^multipart\/form-data\b/i;

export function isForm(contentType: string): boolean {
  return FORM.test(contentType);
}

const FORM_TYPE =
  /^multipart\/form-data((?:[ \t]*;[ \t]*(?:boundary|charset)=(?:"[\w'()+,./:=? -]{1,70}"|[\w'()+,./:=?-]{1,70}))+)[ \t]*;?$/i;
const BOUNDARY = /;[ \t]*boundary="?([^";]+)/gi;
const PLAIN_BOUNDARY = /^[\w'+.-]+$/;

/** @returns Undefined: no form, or not exactly one boundary; another reader might take another one. */
export function boundaryIn(contentType: string): string | undefined {
  const found = [...(FORM_TYPE.exec(contentType.trim())?.[1] ?? '').matchAll(BOUNDARY)];
  const boundary = found.length === 1 ? found[0]?.[1]?.trimEnd() : undefined;
  return boundary === '' ? undefined : boundary;
}

/**
 * Of a body that passes on: a form's with its boundary, which is all that passes of what the client wrote; all others
 * are JSON, whatever a careless client calls them.
 */
export function sentType(contentType: string): string {
  if (!isForm(contentType)) return 'application/json';
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) {
    throw new GatewayError('invalid_request', 'Cannot read the request: a form must have one boundary.', {
      param: 'content-type',
    });
  }
  return `multipart/form-data; boundary=${PLAIN_BOUNDARY.test(boundary) ? boundary : `"${boundary}"`}`;
}

/** Of a request whose body says nothing about itself. */
export const NO_EXTENSIONS: RequestExtensions = {
  endUser: '',
  sessionId: '',
  tags: {},
  fallbackModels: [],
  providers: { only: [], ignore: [], order: [] },
};
