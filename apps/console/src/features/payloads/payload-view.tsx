'use client';
/** Both sides of a payload, as text and never as markup: to read, to copy, to make again. */
import type { PayloadBody, RequestDetail } from '@tollgate/api';
import { Badge, Button, CodeBlock, EmptyState, formatNumber, SkeletonText, useUi } from '@tollgate/ui';
import { FileX2, FlaskConical } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useId, useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { QueryError } from '../common/query-error.tsx';
import { readReplay } from '../playground/replay.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { readBodyViews } from './read-body.ts';
import { usePayloadText } from './use-payload-text.ts';
import { useRequestPayload } from './use-request-payload.ts';

export function PayloadView({ request }: { readonly request: RequestDetail }) {
  const text = usePayloadText();
  const mayTry = usePermission('keys:write');
  const payload = useRequestPayload(request.id);
  if (payload.data === undefined) {
    if (payload.error === null) return <SkeletonText lines={6} />;
    return (
      <QueryError
        query={payload}
        missing={
          <EmptyState icon={<FileX2 />} title={text.gone}>
            {text.goneText}
          </EmptyState>
        }
      />
    );
  }
  const { request: said, response: answered } = payload.data;
  const canReplay = mayTry && !('problem' in readReplay(request, said));
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Side
        title={text.request}
        body={said}
        missing={text.noRequest}
        action={
          canReplay && (
            <Button asChild size="sm">
              <Link href={withQuery('/playground', { request: request.id })}>
                <FlaskConical aria-hidden />
                {text.replay}
              </Link>
            </Button>
          )
        }
      />
      <Side title={text.response} body={answered} missing={text.noResponse} />
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly body: PayloadBody | null;
  /** Said where there is no text. */
  readonly missing: string;
  readonly action?: ReactNode;
}

function Side({ title, body, missing, action }: SideProps) {
  const text = usePayloadText();
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h3 id={titleId} className="text-sm font-semibold text-ink">
          {title}
        </h3>
        {body && <BodyFacts body={body} />}
        {action && <span className="ml-auto print:hidden">{action}</span>}
      </div>
      {body === null ? (
        <p className="text-sm text-pretty text-ink-faint">{missing}</p>
      ) : body.text === '' ? (
        <p className="text-sm text-ink-faint">{text.empty}</p>
      ) : (
        <BodyText title={title} body={body} />
      )}
    </section>
  );
}

function BodyFacts({ body: { contentType, bytes, isCut } }: { readonly body: PayloadBody }) {
  const text = usePayloadText();
  const { locale } = useUi();
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-faint">
      <span className="font-mono wrap-anywhere">{contentType}</span>
      <span className="tabular whitespace-nowrap">{sizeText(bytes, locale)}</span>
      {isCut && <Badge tone="warning">{text.cut}</Badge>}
    </p>
  );
}

function BodyText({ title, body }: { readonly title: string; readonly body: PayloadBody }) {
  const text = usePayloadText();
  // Formatting 256 KiB takes a while: once.
  const views = useMemo(() => readBodyViews(body), [body]);
  return (
    <CodeBlock
      aria-label={title}
      variants={views.map(({ kind, text: code }) => ({ id: kind, label: text.views[kind], code }))}
      title={text.views[views[0]?.kind ?? 'sent']}
      wrap
      maxHeight="min(28rem, 60vh)"
    />
  );
}

const KIB = 1_024;

function sizeText(bytes: number, locale: string): string {
  if (bytes < KIB) return `${formatNumber(bytes, locale)} B`;
  return `${formatNumber(Math.round((bytes / KIB) * 10) / 10, locale)} KiB`;
}
