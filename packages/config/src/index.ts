export { type ConsoleConfig, consoleConfig } from './console-config.ts';
export { ConfigurationError, type Environment, readEnvironment } from './environment.ts';
export { type GatewayConfig, gatewayConfig } from './gateway-config.ts';
export type { KeyRing } from './key-ring.ts';
export { parseKeyRing } from './key-ring.ts';
export { DEFAULT_PORT, type PortsConfig, portsConfig } from './ports-config.ts';
export { VARIABLES } from './variables.ts';
export { type WorkerConfig, workerConfig } from './worker-config.ts';
