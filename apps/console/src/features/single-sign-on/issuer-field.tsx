'use client';
/** The address of the identity provider, and what it answers there: tried before it is saved. */
import type { IdentityProviderTest } from '@tollgate/api';
import { Button, Callout, Field, Input } from '@tollgate/ui';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { ProviderValues } from './provider-card.tsx';
import { useTestIssuer } from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export interface IssuerFieldProps {
  readonly form: UseFormReturn<ProviderValues>;
  readonly readOnly: boolean;
}

export function IssuerField({ form, readOnly }: IssuerFieldProps) {
  const text = useSingleSignOnText().provider;
  const parts = useMessages('parts');
  const toText = useProblemText();
  const test = useTestIssuer();
  const issuer = useWatch({ control: form.control, name: 'issuer' });
  // Of an address that was written over meanwhile nothing is said.
  const isTold = !test.isPending && test.variables === issuer.trim();
  const run = async () => {
    if (await form.trigger('issuer', { shouldFocus: true })) test.mutate(form.getValues('issuer').trim());
  };
  return (
    <>
      <Field
        label={text.issuer}
        hint={text.issuerHint}
        error={form.formState.errors.issuer?.message}
        required
      >
        <div className="flex gap-2">
          <Input
            type="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://login.example.com"
            readOnly={readOnly}
            className="font-mono"
            {...form.register('issuer', { required: parts.required })}
          />
          {!readOnly && (
            <Button loading={test.isPending} onClick={() => void run()}>
              {text.test}
            </Button>
          )}
        </div>
      </Field>
      <div aria-live="polite" className="contents">
        {isTold && test.error !== null && <Callout tone="negative">{toText(test.error)}</Callout>}
        {isTold && test.data !== undefined && <TestResult result={test.data} />}
      </div>
    </>
  );
}

function TestResult({ result }: { readonly result: IdentityProviderTest }) {
  const { provider: text, findings, found } = useSingleSignOnText();
  if (result.ok) {
    return (
      <Callout tone="positive" title={text.testOk}>
        {text.testOkText}
      </Callout>
    );
  }
  const known: Readonly<Record<string, string>> = findings;
  return (
    <Callout tone="negative" title={text.testFailed}>
      <ul className="flex flex-col gap-1">
        {result.problems.map((problem) => (
          <li key={`${problem.field} ${problem.code}`} className="wrap-anywhere">
            {problem.field !== 'issuer' && (
              <>
                <code className="font-mono text-xs">{problem.field}</code>{' '}
              </>
            )}
            {known[problem.code] ?? problem.message} {problem.found !== null && found(problem.found)}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-xs wrap-anywhere">
        {text.asked} <code className="font-mono">{result.metadataUrl}</code>
      </p>
    </Callout>
  );
}
