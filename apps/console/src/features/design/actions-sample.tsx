'use client';
import {
  Badge,
  Button,
  CopyButton,
  DropdownMenu,
  IconButton,
  Kbd,
  StatusBadge,
  Tabs,
  Tooltip,
  toast,
} from '@tollgate/ui';
import { Ellipsis, Pencil, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';

const STATUSES = [
  'active',
  'expiring',
  'revoked',
  'draft',
  'finalized',
  'paid',
  'overdue',
  200,
  304,
  429,
  503,
];

export function ActionsSample() {
  const [loading, setLoading] = useState(false);
  return (
    <div className="flex flex-col gap-4">
      <Row>
        <Button variant="primary" icon={<Plus />}>
          Create key
        </Button>
        <Button>Secondary</Button>
        <Button variant="ghost">Ghost</Button>
        <Button variant="danger">Revoke</Button>
        <Button variant="dangerGhost">Remove</Button>
        <Button variant="link">Link</Button>
        <Button variant="primary" loading={loading} onClick={() => setLoading(true)}>
          {loading ? 'Saving' : 'Press to load'}
        </Button>
        <Button variant="primary" disabled>
          Disabled
        </Button>
        <Button disabled>Disabled</Button>
      </Row>
      <Row>
        <Button size="sm">Small</Button>
        <Button size="md">Medium</Button>
        <Button size="lg">Large</Button>
        <IconButton label="Refresh">
          <RefreshCw />
        </IconButton>
        <IconButton label="Edit" variant="secondary">
          <Pencil />
        </IconButton>
        <CopyButton value="req_01" />
        <CopyButton value="req_01" text="Copy id" />
        <Tooltip content="Opens the palette" shortcut="⌘K">
          <Button variant="ghost">With tooltip</Button>
        </Tooltip>
        <DropdownMenu
          trigger={
            <IconButton label="More" variant="secondary" tooltip={false}>
              <Ellipsis />
            </IconButton>
          }
          entries={[
            { label: 'Edit', icon: <Pencil />, shortcut: 'E' },
            { label: 'Rotate', icon: <RefreshCw /> },
            { kind: 'separator' },
            { label: 'Revoke', icon: <Trash2 />, tone: 'danger' },
          ]}
        />
        <Kbd>g</Kbd>
        <Kbd>k</Kbd>
      </Row>
      <Row>
        {STATUSES.map((status) => (
          <StatusBadge key={status} status={status} />
        ))}
        <Badge>neutral</Badge>
        <Badge tone="accent">accent</Badge>
        <Badge tone="outline">outline</Badge>
      </Row>
      <Row>
        <Button
          onClick={() => toast.success('Key created', { description: 'checkout-service can be used now.' })}
        >
          Toast
        </Button>
        <Button
          onClick={() => toast.error('Could not rotate', { description: 'The provider refused the key.' })}
        >
          Toast with error
        </Button>
      </Row>
      <Tabs
        aria-label="Sample"
        items={[
          {
            value: 'overview',
            label: 'Overview',
            content: <p className="text-sm text-ink-soft">First panel</p>,
          },
          { value: 'requests', label: 'Requests', count: 1204, content: <p>Second panel</p> },
          { value: 'policy', label: 'Policy', content: <p>Third panel</p> },
          { value: 'off', label: 'Disabled', disabled: true, content: null },
        ]}
      />
    </div>
  );
}

function Row({ children }: { readonly children: React.ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2">{children}</div>;
}
