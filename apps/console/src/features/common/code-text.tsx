/** A word of programs that breaks behind its underscores, where it has to break: within its parts it is hard to read. */
import { Fragment } from 'react';

export function CodeText({ value }: { readonly value: string }) {
  const parts = value.split(/(?<=_)/);
  return parts.map((part, place) => (
    <Fragment key={place}>
      {part}
      <wbr />
    </Fragment>
  ));
}
