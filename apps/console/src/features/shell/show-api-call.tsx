'use client';
/** Every screen can say which API call it shows: `<ShowApiCall path="/keys?limit=50" />`. */
import { Button, CodeBlock, Dialog } from '@tollgate/ui';
import { SquareTerminal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type ApiCall, toCurl, toFetchCode } from '../../api/call-code.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ShowApiCall(call: ApiCall) {
  const text = useMessages('shell');
  const [origin, setOrigin] = useState('http://localhost:3000');
  useEffect(() => setOrigin(window.location.origin), []);
  return (
    <Dialog
      size="lg"
      title={text.apiCallTitle}
      description={text.apiCallText}
      trigger={
        // On a phone its icon has to do: what people come for stands there.
        <Button
          variant="ghost"
          icon={<SquareTerminal />}
          title={text.showApiCall}
          data-beside-title
          className="max-sm:order-last max-sm:px-2.5"
        >
          <span className="max-sm:sr-only">{text.showApiCall}</span>
        </Button>
      }
    >
      <CodeBlock
        aria-label={text.apiCallTitle}
        variants={[
          { id: 'curl', label: 'curl', code: toCurl(origin, call) },
          { id: 'typescript', label: 'TypeScript', code: toFetchCode(origin, call) },
        ]}
      />
    </Dialog>
  );
}
