'use client';
import {
  Breadcrumbs,
  Callout,
  Card,
  CodeBlock,
  DefinitionList,
  EmptyState,
  SecretReveal,
  SkeletonText,
  StatusBadge,
} from '@tollgate/ui';
import { ScrollText } from 'lucide-react';
import { useDesignText } from './use-design-text.ts';

const SECRET = 'tgk_sampleSampleSampleSampleSample000000';

export function ContentSample() {
  const text = useDesignText();
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2 [&>*]:min-w-0">
      <div className="flex min-w-0 flex-col gap-4">
        <Breadcrumbs
          items={[
            <a key="teams" href="#content">
              Teams
            </a>,
            <a key="search" href="#content">
              Search
            </a>,
            'Keys',
          ]}
        />
        <SecretReveal label="Your key" secret={SECRET} />
        <CodeBlock
          aria-label="First request"
          variants={[
            {
              id: 'curl',
              label: 'curl',
              code: `curl http://localhost:4000/v1/chat/completions \\\n  -H "Authorization: Bearer ${SECRET}" \\\n  -H 'Content-Type: application/json' \\\n  -d '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}'`,
            },
            { id: 'python', label: 'Python', code: 'client = OpenAI(base_url="http://localhost:4000/v1")' },
            { id: 'env', label: '.env', code: `OPENAI_API_KEY=${SECRET}` },
          ]}
        />
        <CodeBlock code="npm start" />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Callout title="Test traffic only">Verify your e-mail address to use live credentials.</Callout>
        <Callout tone="positive" title="Provider works">
          12 models within reach.
        </Callout>
        <Callout tone="warning" title="80% of the budget is spent">
          At this pace it ends on 27 November.
        </Callout>
        <Callout tone="negative" title="Payment failed">
          The card was declined.
        </Callout>
        <Card title={text.content.facts}>
          <DefinitionList
            items={[
              { term: 'State', value: <StatusBadge status="active" /> },
              { term: 'Team', value: 'Search' },
              { term: 'Id', value: <code className="font-mono text-xs">key_01J9ZK4W</code> },
            ]}
          />
        </Card>
        <Card title={text.content.toCome}>
          <SkeletonText />
        </Card>
        <Card flush>
          <EmptyState icon={<ScrollText />} title="No requests yet">
            Point an SDK at the gateway with one of your keys.
          </EmptyState>
        </Card>
      </div>
    </div>
  );
}
