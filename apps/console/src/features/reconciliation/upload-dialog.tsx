'use client';
/** Chooses a file and who wrote it, and sends it as it is. What is wrong with it is said by row and column. */
import { Button, Callout, Dialog, Field, Input, Select, toast } from '@tollgate/ui';
import { Upload } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '../../api/api-error.ts';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export interface UploadDialogProps<T> {
  readonly title: string;
  readonly description: string;
  /** What is chosen: a provider, a gateway. */
  readonly label: string;
  readonly parameter: 'provider' | 'source';
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly path: '/reconciliations' | '/usage-imports';
  /** What else the file is told with, and the fields for it under that of what is chosen. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly fields?: (chosen: string) => ReactNode;
  /** What somebody is told when it worked; that it was imported, unless told. */
  readonly done?: (answer: T) => string;
  /** Ways to what stands in the way, once the API has refused for it. */
  readonly remedy?: (error: ApiError) => ReactNode;
  readonly onDone: (answer: T) => void;
}

export function UploadDialog<T>(props: UploadDialogProps<T>) {
  const text = useMessages('reconciliation');
  const common = useMessages('common');
  const toText = useProblemText();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(props.options[0]?.value ?? '');
  const [file, setFile] = useState<File>();
  const upload = useApiMutation<T, File>(
    (content) => ({
      path: withQuery(props.path, {
        [props.parameter]: chosen,
        fileName: content.name.slice(0, 200),
        ...props.query,
      }),
      method: 'POST',
      body: content,
      headers: { 'content-type': 'application/octet-stream' },
    }),
    {
      invalidates: [props.path, '/month-close'],
      showsError: true,
      onSuccess: (answer) => {
        toast.success(props.done?.(answer) ?? text.imported);
        setOpen(false);
        props.onDone(answer);
      },
    },
  );
  return (
    <>
      <Button variant="primary" icon={<Upload />} onClick={() => setOpen(true)}>
        {text.import}
      </Button>
      <Dialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          upload.reset();
        }}
        title={props.title}
        description={props.description}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{common.cancel}</Button>
            <Button
              variant="primary"
              disabled={file === undefined}
              loading={upload.isPending}
              onClick={() => file && upload.mutate(file)}
            >
              {text.import}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label={props.label}>
            <Select value={chosen} onValueChange={setChosen} options={props.options} />
          </Field>
          {props.fields?.(chosen)}
          <Field label={text.file}>
            <Input
              type="file"
              accept=".csv,.json,.jsonl,.parquet,.txt"
              onChange={(event) => setFile(event.target.files?.[0])}
            />
          </Field>
          {upload.error && (
            <Callout tone="negative">
              {/* What is wrong with a file is said by row and column, which only the API's own words do. */}
              {(upload.error.reason === undefined && upload.error.detail) || toText(upload.error)}
              {props.remedy?.(upload.error)}
            </Callout>
          )}
        </div>
      </Dialog>
    </>
  );
}
