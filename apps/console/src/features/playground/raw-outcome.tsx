'use client';
/** What another endpoint answered: JSON as it came, images as images, audio to listen to and to keep. */
import { Button, Callout, CodeBlock } from '@tollgate/ui';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { OperatorBudgetHint } from '../budgets/operator-budget.tsx';
import type { Step } from './conversation.ts';
import { RefusalMessage } from './refusal-message.tsx';
import { StepFigures } from './step-figures.tsx';

export interface Outcome {
  readonly step: Step;
  readonly text: string;
  readonly audio?: Blob;
}

export function OutcomeView({ outcome: { step, text: answer, audio } }: { readonly outcome: Outcome }) {
  const text = useMessages('playground');
  const { error } = step;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {error && (
        <Callout tone="negative" live title={text.failed(error.status, error.code)}>
          <RefusalMessage error={error} />
          <OperatorBudgetHint error={error} />
        </Callout>
      )}
      {step.state === 'stopped' && <p className="text-sm text-ink-soft">{text.stopped}</p>}
      {findImages(answer).map((url, position) => (
        <img
          key={`${position}-${url.length}`}
          src={url}
          alt={text.generatedImage(position + 1)}
          className="max-w-full rounded-md border border-line"
        />
      ))}
      {audio && <Audio audio={audio} />}
      {answer !== '' && <AnswerText answer={answer} />}
      <StepFigures step={step} />
    </div>
  );
}

function Audio({ audio }: { readonly audio: Blob }) {
  const text = useMessages('playground');
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(audio);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [audio]);
  if (url === undefined) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      {/* biome-ignore lint/a11y/useMediaCaption: what is spoken is the text of the request */}
      <audio controls src={url} aria-label={text.generatedAudio} />
      <Button asChild size="sm">
        <a href={url} download={`speech.${audio.type.split('/')[1]?.replace('mpeg', 'mp3') ?? 'mp3'}`}>
          <Download aria-hidden className="size-4" />
          {text.saveAudio}
        </a>
      </Button>
    </div>
  );
}

/** A stream of events is shown as it came, with its lines broken. */
function AnswerText({ answer }: { readonly answer: string }) {
  const json = pretty(answer);
  if (json === undefined) return <CodeBlock code={answer} wrap maxHeight="50vh" />;
  return <CodeBlock code={json} title="JSON" maxHeight="50vh" />;
}

const LONG_TEXT = 400;

/** Vectors and images would bury the rest. @returns Undefined: it is no JSON. */
function pretty(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text, (_, item: unknown) => {
      if (typeof item === 'string' && item.length > LONG_TEXT)
        return `${item.slice(0, 60)}… (${item.length})`;
      const isVector =
        Array.isArray(item) && item.length > 16 && item.every((one) => typeof one === 'number');
      return isVector ? [...item.slice(0, 6), `… (${item.length})`] : item;
    });
    return JSON.stringify(value, null, 2);
  } catch {
    return undefined;
  }
}

/** Only those that came along: nothing is fetched from elsewhere. */
function findImages(text: string): readonly string[] {
  try {
    const { data } = JSON.parse(text) as { data?: readonly { b64_json?: string }[] };
    return (data ?? []).flatMap(({ b64_json: bytes }) => (bytes ? [`data:image/png;base64,${bytes}`] : []));
  } catch {
    return [];
  }
}
