'use client';
/**
 * Fields that the server draws stay shut until the browser has taken them over: what is typed earlier would be lost. They look as they
 * will in a moment (`data-untaken` in theme.css), and take no room of their own. Not around passwords: what fills them in does so while
 * the page loads, and only where they are open.
 */
import { type ReactNode, useEffect, useRef } from 'react';
import { useIsFirstDrawing } from '../provider/first-drawing.ts';

export function UntilTakenOver({ children }: { readonly children: ReactNode }) {
  const isShut = useIsFirstDrawing();
  const wasShut = useRef(isShut);
  const fieldsRef = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (isShut || !wasShut.current) return;
    wasShut.current = false;
    // What was shut could not have it when the page came.
    if (document.activeElement !== document.body) return;
    fieldsRef.current?.querySelector<HTMLElement>('[autofocus]')?.focus();
  }, [isShut]);
  return (
    <fieldset ref={fieldsRef} className="contents" disabled={isShut} {...(isShut && { 'data-untaken': '' })}>
      {children}
    </fieldset>
  );
}
