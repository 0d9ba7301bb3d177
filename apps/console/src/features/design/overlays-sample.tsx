'use client';
import { Button, ConfirmDialog, Dialog, DialogClose, Field, Input, Sheet } from '@tollgate/ui';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useDesignText } from './use-design-text.ts';

export function OverlaysSample() {
  const text = useDesignText();
  return (
    <div className="flex flex-wrap gap-2">
      <Dialog
        trigger={<Button>{text.windows.dialog}</Button>}
        title="Create a key"
        description="It is shown once, right after this."
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button variant="primary">Create</Button>
          </>
        }
      >
        <Field label="Name">
          <Input placeholder="checkout-service" />
        </Field>
      </Dialog>
      <Sheet
        trigger={<Button>{text.windows.sheet}</Button>}
        title="Request req_01J9ZK"
        description="gpt-5-mini, 1.2 s"
      >
        <p className="text-sm text-ink-soft">Details beside the list.</p>
      </Sheet>
      <ConfirmDialog
        trigger={<Button>{text.windows.confirm}</Button>}
        title="Rotate this key?"
        confirmLabel="Rotate"
        tone="primary"
        onConfirm={() => undefined}
      >
        The old secret works for another 24 hours.
      </ConfirmDialog>
      <ConfirmDialog
        trigger={<Button variant="danger">{text.windows.byName}</Button>}
        title="Revoke checkout-service?"
        confirmLabel="Revoke"
        confirmName="checkout-service"
        onConfirm={() => undefined}
      >
        7 requests per minute use this key. They are refused at once. This cannot be undone.
      </ConfirmDialog>
      <ShowApiCall path="/keys" method="POST" json={{ name: 'checkout-service', teamId: 'team_1' }} />
    </div>
  );
}
