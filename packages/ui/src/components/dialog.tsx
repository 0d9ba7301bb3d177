'use client';
/** Modal windows: Dialog in the middle, Sheet from the right for details that keep the list in view. */
import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { IconButton } from './button.tsx';
import { watchScrollStop } from './scroll-stop.ts';
import { useFocusReturn } from './use-focus-return.ts';

export interface DialogProps {
  readonly open?: boolean;
  readonly defaultOpen?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  /** Beside `open`, for windows that something else opens: somebody wants it closed. */
  readonly onClose?: () => void;
  /** Opens it; leave out when `open` is controlled. */
  readonly trigger?: ReactNode;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, bottom right; on phones stacked, the last one on top. */
  readonly footer?: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
  /** Return false to keep it open, for instance while something is unsaved. */
  readonly onCloseAttempt?: () => boolean;
}

const WIDTH = { sm: 'sm:max-w-sm', md: 'sm:max-w-lg', lg: 'sm:max-w-2xl', xl: 'sm:max-w-4xl' } as const;

/** As high as windows are: of a window over another, the order in the document puts it between the two. */
export const SCRIM_STYLE = 'fixed inset-0 z-50 animate-fade-in bg-scrim';

export function Dialog(props: DialogProps) {
  const { title, description, children, footer, size = 'md', trigger } = props;
  const focusReturn = useFocusReturn(props.open);
  return (
    <ModalRoot {...props}>
      {trigger && <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>}
      <Primitive.Portal>
        <Primitive.Overlay className={SCRIM_STYLE} />
        <div className="pointer-events-none fixed inset-0 z-50 flex items-end justify-center sm:items-center sm:p-6">
          <Primitive.Content
            {...focusReturn}
            {...(description ? {} : { 'aria-describedby': undefined })}
            className={classNames(
              'pointer-events-auto flex max-h-[92dvh] w-full animate-pop-in flex-col rounded-t-xl border border-line bg-raised shadow-lg outline-none sm:rounded-lg',
              WIDTH[size],
            )}
          >
            <ModalHeader title={title} description={description} />
            <ModalBody>{children}</ModalBody>
            {footer && <ModalFooter>{footer}</ModalFooter>}
          </Primitive.Content>
        </div>
      </Primitive.Portal>
    </ModalRoot>
  );
}

export interface SheetProps extends Omit<DialogProps, 'size'> {
  readonly size?: 'md' | 'lg';
}

export function Sheet(props: SheetProps) {
  const { title, description, children, footer, size = 'md', trigger } = props;
  const focusReturn = useFocusReturn(props.open);
  return (
    <ModalRoot {...props}>
      {trigger && <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>}
      <Primitive.Portal>
        <Primitive.Overlay className={SCRIM_STYLE} />
        <Primitive.Content
          {...focusReturn}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={classNames(
            'fixed inset-y-0 right-0 z-50 flex w-full animate-slide-right flex-col border-l border-line bg-raised shadow-lg outline-none',
            size === 'lg' ? 'sm:w-[min(52rem,92vw)]' : 'sm:w-[min(34rem,92vw)]',
          )}
        >
          <ModalHeader title={title} description={description} />
          <ModalBody>{children}</ModalBody>
          {footer && <ModalFooter>{footer}</ModalFooter>}
        </Primitive.Content>
      </Primitive.Portal>
    </ModalRoot>
  );
}

function ModalRoot({
  open,
  defaultOpen,
  onOpenChange,
  onClose,
  onCloseAttempt,
  children,
}: Pick<DialogProps, 'open' | 'defaultOpen' | 'onOpenChange' | 'onClose' | 'onCloseAttempt' | 'children'>) {
  const change = (next: boolean) => {
    if (!next && onCloseAttempt?.() === false) return;
    onOpenChange?.(next);
    if (!next) onClose?.();
  };
  return (
    <Primitive.Root open={open} defaultOpen={defaultOpen} onOpenChange={change}>
      {children}
    </Primitive.Root>
  );
}

function ModalHeader({ title, description }: Pick<DialogProps, 'title' | 'description'>) {
  const { labels } = useUi();
  return (
    <header className="flex items-start gap-4 border-b border-line px-5 py-3.5">
      <div className="min-w-0 flex-1">
        <Primitive.Title className="text-lg font-semibold text-ink">{title}</Primitive.Title>
        {description && (
          <Primitive.Description className="mt-0.5 text-sm text-ink-soft">
            {description}
          </Primitive.Description>
        )}
      </div>
      <Primitive.Close asChild>
        <IconButton label={labels.close} size="sm" tooltip={false} className="-mr-1.5">
          <X />
        </IconButton>
      </Primitive.Close>
    </header>
  );
}

function ModalBody({ children }: { readonly children: ReactNode }) {
  return (
    <div
      ref={watchScrollStop}
      className="min-h-0 flex-1 overflow-y-auto px-5 py-4 focus-visible:outline-offset-[-2px]"
    >
      {children}
    </div>
  );
}

function ModalFooter({ children }: { readonly children: ReactNode }) {
  return (
    <footer className="flex flex-col-reverse gap-2 border-t border-line px-5 py-3 sm:flex-row sm:justify-end">
      {children}
    </footer>
  );
}

/** Closes the Dialog or Sheet around it: `<DialogClose asChild><Button>…</Button></DialogClose>`. */
export const DialogClose = Primitive.Close;
