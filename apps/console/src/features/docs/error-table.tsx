/** Every code that the gateway can answer with, from the catalogue that the gateway itself uses. */
import { GATEWAY_ERROR } from '@tollgate/errors';
import { StatusBadge } from '@tollgate/ui';
import { CATALOGUE } from '../../i18n/catalogue.ts';
import type { Locale } from '../../i18n/locale.ts';
import { CodeText } from '../common/code-text.tsx';
import { ERROR_TEXTS, type MetErrorCode } from './content/error-texts.ts';

const CODES = Object.keys(ERROR_TEXTS.en) as MetErrorCode[];

export function ErrorTable({ locale }: { readonly locale: Locale }) {
  const text = CATALOGUE[locale].docs;
  const words = ERROR_TEXTS[locale];
  return (
    <section
      aria-label={text.errorTable}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full text-left text-sm">
        <thead className="bg-sunken text-xs text-ink-faint">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium">
              {text.code}
            </th>
            <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
              {text.status}
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              {text.meaning}
            </th>
            <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
              {text.retry}
            </th>
          </tr>
        </thead>
        <tbody>
          {CODES.map((code) => {
            const { status, openaiType, retry } = GATEWAY_ERROR[code];
            return (
              <tr
                key={code}
                id={code}
                className="scroll-mt-20 border-t border-line align-top target:bg-selected"
              >
                <th scope="row" className="min-w-30 px-3 py-2 font-normal sm:min-w-44">
                  <code className="font-mono text-xs text-ink">
                    <CodeText value={code} />
                  </code>
                  <span className="block font-mono text-2xs text-ink-faint">
                    <CodeText value={openaiType} />
                  </span>
                  <span className="mt-1 block sm:hidden">
                    <StatusBadge status={status} />
                  </span>
                </th>
                <td className="px-3 py-2 max-sm:hidden">
                  <StatusBadge status={status} />
                </td>
                <td className="px-3 py-2">
                  <span className="text-ink">{words[code].meaning}</span>{' '}
                  <span className="text-ink-soft">{words[code].todo}</span>
                  <span className="mt-1 block text-xs text-ink-faint sm:hidden">
                    {text.retry}: {text.retries[retry]}
                  </span>
                </td>
                <td className="px-3 py-2 whitespace-nowrap text-ink-soft max-sm:hidden">
                  {text.retries[retry]}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
