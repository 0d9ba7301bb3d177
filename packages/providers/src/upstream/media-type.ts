/** Types of answers that pass as they come. */
import type { RequestExtensions } from '@tollgate/dialects';

const MEDIA_TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:\s*;\s*[\w-]{1,32}="?[\w.-]{1,64}"?){0,3}$/;

/** A provider's own, where it is one; what browsers would run is not. */
export function mediaTypeOf(contentType: string): string {
  return MEDIA_TYPE.test(contentType) && !/html|xml|javascript/i.test(contentType)
    ? contentType
    : 'application/octet-stream';
}

/** Of a request whose body says nothing about itself. */
export const NO_EXTENSIONS: RequestExtensions = {
  endUser: '',
  sessionId: '',
  tags: {},
  fallbackModels: [],
  providers: { only: [], ignore: [], order: [] },
};
