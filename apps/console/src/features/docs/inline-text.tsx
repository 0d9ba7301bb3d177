/** Text of the documentation with its `code`, **strong** and [links](/path). Links stay in the console. */
import Link from 'next/link';
import { Fragment } from 'react';
import { MARK } from './plain-text.ts';

export function InlineText({ text }: { readonly text: string }) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole, code, strong, label, href] = match;
    parts.push(<Fragment key={end}>{text.slice(end, match.index)}</Fragment>);
    end = match.index + whole.length;
    if (code !== undefined) {
      parts.push(
        <code
          key={end}
          className="rounded-xs bg-neutral-soft px-1 py-0.5 font-mono text-[0.9em] wrap-anywhere"
        >
          {code}
        </code>,
      );
    } else if (strong !== undefined) {
      parts.push(
        <strong key={end} className="font-semibold text-ink">
          {strong}
        </strong>,
      );
    } else {
      parts.push(
        <Link
          key={end}
          href={href ?? '/'}
          className="text-accent-ink underline underline-offset-3 hover:decoration-2"
        >
          {label}
        </Link>,
      );
    }
  }
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  );
}
