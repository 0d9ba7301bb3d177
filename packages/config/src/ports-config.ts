import { z } from 'zod';
import { type Environment, parseEnvironment, port } from './environment.ts';

export const DEFAULT_PORT = {
  console: 3000,
  gateway: 4000,
  metrics: 4001,
  simulator: 4010,
  mailbox: 4020,
  stripe: 4030,
} as const;

const schema = z.object({
  TOLLGATE_CONSOLE_PORT: port(DEFAULT_PORT.console),
  TOLLGATE_GATEWAY_PORT: port(DEFAULT_PORT.gateway),
  TOLLGATE_METRICS_PORT: port(DEFAULT_PORT.metrics),
  TOLLGATE_SIMULATOR_PORT: port(DEFAULT_PORT.simulator),
  TOLLGATE_MAILBOX_PORT: port(DEFAULT_PORT.mailbox),
  TOLLGATE_STRIPE_STAND_IN_PORT: port(DEFAULT_PORT.stripe),
});

export type PortsConfig = Readonly<Record<keyof typeof DEFAULT_PORT, number>>;

/** @throws {ConfigurationError} A variable is no port. */
export function portsConfig(environment: Environment): PortsConfig {
  const parsed = parseEnvironment('product', schema, environment);
  return {
    console: parsed.TOLLGATE_CONSOLE_PORT,
    gateway: parsed.TOLLGATE_GATEWAY_PORT,
    metrics: parsed.TOLLGATE_METRICS_PORT,
    simulator: parsed.TOLLGATE_SIMULATOR_PORT,
    mailbox: parsed.TOLLGATE_MAILBOX_PORT,
    stripe: parsed.TOLLGATE_STRIPE_STAND_IN_PORT,
  };
}
