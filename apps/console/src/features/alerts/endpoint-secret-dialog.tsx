'use client';
/** Shows the secret of an endpoint, this once: there before it is made, so that no fault of the network can lose it. */
import { Button, Dialog, SecretReveal } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function EndpointSecretDialog({
  secret,
  onClose,
}: {
  readonly secret: string;
  readonly onClose: () => void;
}) {
  const text = useMessages('alerts').webhooks;
  const common = useMessages('common');
  return (
    <Dialog
      open
      onClose={onClose}
      title={text.secretTitle}
      description={text.secretText}
      footer={
        <Button variant="primary" onClick={onClose}>
          {common.done}
        </Button>
      }
    >
      <SecretReveal label={text.secret} secret={secret} />
    </Dialog>
  );
}
