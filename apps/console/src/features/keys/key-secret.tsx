'use client';
/** The one time that a key is shown: itself, and a first request that already holds it. */
import { CodeBlock, SecretReveal } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGatewayUrl } from '../signed-in/signed-in.tsx';
import { keySnippets } from './snippets.ts';

/** A model that every organization reaches without a provider of its own. */
export const FIRST_MODEL = 'sim-small';

export interface KeySecretProps {
  readonly secret: string;
  readonly model?: string;
  readonly onCopied?: (() => void) | undefined;
}

export function KeySecret({ secret, model = FIRST_MODEL, onCopied }: KeySecretProps) {
  const text = useMessages('keys').secret;
  const gatewayUrl = useGatewayUrl();
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <SecretReveal label={text.label} secret={secret} onCopied={onCopied} />
      <div className="flex min-w-0 flex-col gap-1.5">
        <h3 className="text-sm font-medium text-ink">{text.snippets}</h3>
        <CodeBlock
          aria-label={text.snippets}
          variants={keySnippets({ gatewayUrl, secret, model, prompt: text.prompt })}
          onCopied={onCopied}
        />
      </div>
    </div>
  );
}
