/** Types of bodies that pass as they come. */
import type { RequestExtensions } from '@tollgate/dialects';

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

/** Of a body that passes on: a form's with its boundary; all others are JSON, whatever a careless client calls them. */
export function sentType(contentType: string): string {
  return isForm(contentType) ? contentType : 'application/json';
}

/** Of a request whose body says nothing about itself. */
export const NO_EXTENSIONS: RequestExtensions = {
  endUser: '',
  sessionId: '',
  tags: {},
  fallbackModels: [],
  providers: { only: [], ignore: [], order: [] },
};
