/** What is assumed of a request that does not say it: by gateways, and by whoever tells beforehand what they will do. */

/** Counted without a tokenizer: bytes by four. A budget holds a token for each byte, which no tokenizer exceeds. */
export const BYTES_PER_TOKEN = 4;
/** Held for where neither the caller nor the catalogue has a cap. More than some models take would be refused by them. */
export const DEFAULT_OUTPUT_CAP = 8_192;
/** Counted by rate limits for the output of who sets no cap, until it is known. */
export const OUTPUT_TOKENS_ESTIMATE = 256;
