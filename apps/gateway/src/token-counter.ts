/**
 * Our own token count, for when a provider never tells: bytes divided by four, rounded up.
 *
 * English text has about four bytes a token; other scripts have more bytes a character and fewer characters a
 * token, so that bytes stay within a factor of about two. What is counted here is always marked estimated. The
 * one seam for real tokenizers.
 */
import { BYTES_PER_TOKEN } from '@tollgate/limits';

/** @param bytes Of the request body, or of generated text. */
export function countTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}
