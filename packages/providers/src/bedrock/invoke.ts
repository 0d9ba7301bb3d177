/**
 * Claude elsewhere than at Anthropic: the Messages format with the model in the address and a version in the body.
 * On Bedrock `stream` is told by the address too; Vertex reads it in the body.
 */
import type { MessagesPatch } from '@tollgate/dialects';

export type ClaudeHost = 'amazon-bedrock' | 'google-vertex';

const VERSION = {
  'amazon-bedrock': 'bedrock-2023-05-31',
  'google-vertex': 'vertex-2023-10-16',
} as const satisfies Record<ClaudeHost, string>;

/** @param betas Those that the client asked for in `anthropic-beta`; they travel in the body here. */
export function hostedMessagesPatch(host: ClaudeHost, betas: readonly string[] = []): MessagesPatch {
  const isBedrock = host === 'amazon-bedrock';
  return {
    model: null,
    remove: isBedrock ? ['stream', 'service_tier'] : [],
    add: {
      anthropic_version: VERSION[host],
      ...(betas.length === 0 ? {} : { anthropic_beta: betas }),
    },
  };
}

/** `anthropic-beta` as a list; what is no name is left out. */
export function readBetas(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[\w.-]{1,128}$/.test(name));
}
