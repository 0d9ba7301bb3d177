export { GatewayError, type GatewayErrorDetails } from './gateway-error.ts';
export {
  type ErrorScope,
  GATEWAY_ERROR,
  type GatewayErrorCode,
  type GatewayErrorDefinition,
  type RetryAdvice,
} from './gateway-error-code.ts';
