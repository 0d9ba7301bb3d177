'use client';
/** A file that goes along with a call. It stays in this browser until then. */
import { Field, Input } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FILE_MAX_BYTES } from './raw-endpoints.ts';

export interface FileFieldProps {
  readonly accept: string;
  readonly onChange: (file: File | undefined) => void;
}

export function FileField({ accept, onChange }: FileFieldProps) {
  const text = useMessages('playground');
  const [isTooLarge, setIsTooLarge] = useState(false);
  const choose = (file: File | undefined) => {
    const large = file !== undefined && file.size > FILE_MAX_BYTES;
    setIsTooLarge(large);
    onChange(large ? undefined : file);
  };
  return (
    <Field label={text.file} error={isTooLarge ? text.fileTooLarge : undefined} required>
      <Input type="file" accept={accept} onChange={(event) => choose(event.target.files?.[0])} />
    </Field>
  );
}
