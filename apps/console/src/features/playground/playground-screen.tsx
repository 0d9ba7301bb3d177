'use client';
/**
 * Any model of the organization, up to four side by side, with one prompt. Every call goes through the gateway under
 * the person's playground key; what is shown as cost is what Tollgate metered.
 */
import { Button, PageHeader, Tabs } from '@tollgate/ui';
import { Code, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { DocsLink } from '../docs/docs-link.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { ChatPanel } from './chat-panel.tsx';
import { endPlayground } from './playground-api.ts';
import { RawPanel } from './raw-panel.tsx';
import { usePlaygroundStart } from './use-playground-start.ts';

export function PlaygroundScreen() {
  const text = useMessages('playground');
  return (
    <Guarded permission="keys:write">
      <LoadedPlayground title={text.title} />
    </Guarded>
  );
}

function LoadedPlayground({ title }: { readonly title: string }) {
  const text = useMessages('playground');
  const url = useUrlState();
  const start = usePlaygroundStart();
  const [codeOpen, setCodeOpen] = useState(false);
  const [round, setRound] = useState(0);
  const usual = start?.raw === undefined ? 'chat' : 'other';
  const asked = url.get('mode');
  const mode = asked === 'chat' || asked === 'other' ? asked : usual;
  // The session of the key ends with the page.
  useEffect(() => {
    window.addEventListener('pagehide', endPlayground);
    return () => {
      window.removeEventListener('pagehide', endPlayground);
      endPlayground();
    };
  }, []);
  return (
    <>
      <PageHeader
        title={title}
        description={
          <>
            {text.description}{' '}
            <span className="whitespace-nowrap">
              <DocsLink page="first-call">{text.docs}</DocsLink>
            </span>
          </>
        }
        actions={
          <>
            <ShowApiCall
              path="/playground/calls"
              method="POST"
              json={{ endpoint: 'chat.completions', body: { model: '…', messages: [] } }}
            />
            {mode === 'chat' && (
              <>
                <Button variant="ghost" icon={<RotateCcw />} onClick={() => setRound(round + 1)}>
                  {text.restart}
                </Button>
                <Button icon={<Code />} onClick={() => setCodeOpen(true)}>
                  {text.viewCode}
                </Button>
              </>
            )}
          </>
        }
      />
      <Tabs
        aria-label={text.mode}
        value={mode}
        onValueChange={(value) => url.set({ mode: value === usual ? undefined : value })}
        items={[
          {
            value: 'chat',
            label: text.chat,
            content:
              start === undefined ? null : (
                <ChatPanel
                  key={round}
                  start={round === 0 ? start : { ...start, notice: undefined }}
                  codeOpen={codeOpen}
                  onCodeClose={() => setCodeOpen(false)}
                />
              ),
          },
          {
            value: 'other',
            label: text.otherEndpoints,
            content: start === undefined ? null : <RawPanel start={start} />,
          },
        ]}
      />
    </>
  );
}
