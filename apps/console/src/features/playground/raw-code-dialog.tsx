'use client';
/** A call of another endpoint as code. */
import { CodeBlock, Dialog } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGatewayUrl } from '../signed-in/signed-in.tsx';
import type { RawBody, RawEndpoint } from './raw-endpoints.ts';
import { rawSamples } from './raw-samples.ts';

export interface RawCodeDialogProps {
  readonly endpoint: RawEndpoint;
  readonly body: RawBody;
  readonly onClose: () => void;
}

export function RawCodeDialog({ endpoint, body, onClose }: RawCodeDialogProps) {
  const text = useMessages('playground');
  const gatewayUrl = useGatewayUrl();
  const shown = body.model === '' ? { ...body, model: 'MODEL' } : body;
  return (
    <Dialog open size="xl" title={text.viewCode} description={text.codeText} onClose={onClose}>
      <CodeBlock
        aria-label={text.language}
        maxHeight="60vh"
        variants={rawSamples(endpoint, { gatewayUrl, body: shown })}
      />
    </Dialog>
  );
}
