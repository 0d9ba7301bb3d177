/** What each process reads of its environment, by name: whoever starts processes passes on these and no others. */
import { CONSOLE_VARIABLES } from './console-config.ts';
import { GATEWAY_VARIABLES } from './gateway-config.ts';
import { WORKER_VARIABLES } from './worker-config.ts';

export const VARIABLES: Readonly<Record<'console' | 'gateway' | 'worker', readonly string[]>> = {
  console: CONSOLE_VARIABLES,
  gateway: GATEWAY_VARIABLES,
  worker: WORKER_VARIABLES,
};
