/** A page of the documentation, rendered on the server but for its code blocks. */
import { Callout, CodeBlock } from '@tollgate/ui';
import type { Locale } from '../../i18n/locale.ts';
import type { DocBlock } from './doc-block.ts';
import { ErrorTable } from './error-table.tsx';
import { InlineText } from './inline-text.tsx';
import { SAMPLES } from './samples.ts';

export interface DocViewProps {
  readonly blocks: readonly DocBlock[];
  readonly locale: Locale;
  /** Public base of the gateway. */
  readonly gatewayUrl: string;
  readonly consoleUrl: string;
}

export function DocView({ blocks, ...rest }: DocViewProps) {
  return (
    <div className="flex min-w-0 flex-col gap-4 text-base leading-6 text-ink-soft">
      {blocks.map((block, position) => (
        <Block key={`${block.kind}-${position}`} block={block} {...rest} />
      ))}
    </div>
  );
}

function Block({
  block,
  locale,
  gatewayUrl,
  consoleUrl,
}: Omit<DocViewProps, 'blocks'> & { readonly block: DocBlock }) {
  switch (block.kind) {
    case 'text':
      return (
        <p className="max-w-3xl text-pretty">
          <InlineText text={block.text} />
        </p>
      );
    case 'heading':
      return (
        <h2 id={block.id} className="mt-3 scroll-mt-20 text-lg font-semibold text-ink">
          {block.text}
        </h2>
      );
    case 'list':
      return (
        <ul className="flex max-w-3xl list-disc flex-col gap-1.5 pl-5 marker:text-ink-faint">
          {block.items.map((item) => (
            <li key={item}>
              <InlineText text={item} />
            </li>
          ))}
        </ul>
      );
    case 'steps':
      return (
        <ol className="flex max-w-3xl list-decimal flex-col gap-1.5 pl-5 marker:text-ink-faint">
          {block.items.map((item) => (
            <li key={item}>
              <InlineText text={item} />
            </li>
          ))}
        </ol>
      );
    case 'sample':
      return (
        <CodeBlock
          aria-label={block.label}
          title={block.label}
          variants={SAMPLES[block.name](gatewayUrl.replace(/\/+$/, ''), consoleUrl)}
        />
      );
    case 'table':
      return <DocTable head={block.head} rows={block.rows} />;
    case 'note':
      return (
        <Callout tone={block.tone}>
          <InlineText text={block.text} />
        </Callout>
      );
    case 'errors':
      return <ErrorTable locale={locale} />;
    default:
      return block satisfies never;
  }
}

function DocTable({
  head,
  rows,
}: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}) {
  return (
    <section
      aria-label={head.join(', ')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full min-w-lg text-left text-sm">
        <thead className="bg-sunken text-xs text-ink-faint">
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col" className="px-3 py-2 font-medium">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]} className="border-t border-line align-top">
              {row.map((cell) => (
                <td key={cell} className="px-3 py-2">
                  <InlineText text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
