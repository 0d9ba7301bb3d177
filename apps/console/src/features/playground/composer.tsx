'use client';
/** The next message: text, images by choice, paste or drop, and the way to stop what runs. */
import { Button, Callout, IconButton, Kbd, Textarea, UntilTakenOver } from '@tollgate/ui';
import { ImagePlus, Play, Square, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { PromptImage } from './conversation.ts';
import { IMAGE_TYPES, type ImageProblem, readImages } from './read-image.ts';

export interface ComposerProps {
  readonly draft: string;
  readonly onDraftChange: (text: string) => void;
  readonly ready: boolean;
  readonly running: boolean;
  readonly onSend: (text: string, images: readonly PromptImage[]) => void;
  readonly onStop: () => void;
  readonly action?: ReactNode;
}

export function Composer(props: ComposerProps) {
  const { draft, onDraftChange, ready, running, onSend, onStop, action } = props;
  const text = useMessages('playground');
  const [images, setImages] = useState<readonly PromptImage[]>([]);
  const [problems, setProblems] = useState<readonly ImageProblem[]>([]);
  const picker = useRef<HTMLInputElement>(null);
  const canSend = ready && !running && (draft.trim() !== '' || images.length > 0);
  const send = () => {
    if (!canSend) return;
    onSend(draft, images);
    setImages([]);
    setProblems([]);
  };
  const add = async (files: readonly File[]) => {
    if (files.length === 0) return;
    const read = await readImages(files, images.length);
    setImages((current) => [...current, ...read.images]);
    setProblems(read.problems);
  };
  return (
    <form
      className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface p-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onPaste={(event) => {
        const files = [...event.clipboardData.files];
        if (files.length > 0) event.preventDefault();
        void add(files);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void add([...event.dataTransfer.files]);
      }}
    >
      <UntilTakenOver>
        <Textarea
          aria-label={text.message}
          placeholder={text.messagePlaceholder}
          rows={3}
          value={draft}
          onChange={(event) => onDraftChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
            event.preventDefault();
            send();
          }}
        />
        {images.length > 0 && (
          <ul className="flex flex-wrap gap-2">
            {images.map((image, position) => (
              <li key={`${image.name}-${position}`} className="relative">
                <img
                  src={image.url}
                  alt={image.name}
                  className="size-16 rounded-md border border-line bg-sunken object-cover"
                />
                <IconButton
                  label={text.removeImage(image.name)}
                  size="sm"
                  className="absolute -top-2 -right-2 rounded-full border border-line bg-raised"
                  onClick={() => setImages(images.filter((_, index) => index !== position))}
                >
                  <X />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        {problems.length > 0 && (
          <Callout tone="warning" live>
            {[...new Set(problems)].map((problem) => text.imageProblem[problem]).join(' ')}
          </Callout>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <input
            ref={picker}
            type="file"
            accept={IMAGE_TYPES.join(',')}
            multiple
            hidden
            aria-label={text.addImage}
            onChange={(event) => {
              void add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <Button variant="ghost" icon={<ImagePlus />} onClick={() => picker.current?.click()}>
            {text.addImage}
          </Button>
          {action}
          <span className="ml-auto hidden items-center gap-1 text-xs text-ink-faint sm:flex">
            <Kbd>⌘/Ctrl</Kbd>
            <Kbd>↵</Kbd>
          </span>
          {running ? (
            <Button variant="secondary" icon={<Square />} onClick={onStop}>
              {text.stop}
            </Button>
          ) : (
            <Button type="submit" variant="primary" icon={<Play />} disabled={!canSend}>
              {text.run}
            </Button>
          )}
        </div>
      </UntilTakenOver>
    </form>
  );
}
