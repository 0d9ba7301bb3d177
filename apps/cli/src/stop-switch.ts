/**
 * Turns signals into one request to stop, and a second one, some time later, into force.
 *
 * One Ctrl-C may arrive several times: from the terminal, from npm, and from the bootstrap that forwards it. Signals
 * within a second and a half are one.
 */
export type StopSwitch = {
  /** Settles when a stop is asked for. */
  readonly requested: Promise<void>;
  isRequested(): boolean;
  /** For work that must not begin any more. */
  throwIfRequested(): void;
  /** Called when somebody insists. */
  onForce(listener: () => void): void;
  dispose(): void;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SAME_REQUEST_MS = 1_500;

export function createStopSwitch(): StopSwitch {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listeners: (() => void)[] = [];
  let requestedAt: number | undefined;
  const onSignal = () => {
    if (requestedAt === undefined) {
      requestedAt = performance.now();
      resolve();
    } else if (performance.now() - requestedAt > SAME_REQUEST_MS) {
      for (const listener of listeners) listener();
    }
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    requested: promise,
    isRequested: () => requestedAt !== undefined,
    throwIfRequested: () => {
      if (requestedAt !== undefined) throw new Error('Cannot go on: a stop was asked for');
    },
    onForce: (listener) => void listeners.push(listener),
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
