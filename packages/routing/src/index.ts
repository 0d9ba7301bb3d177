/** Routes: shapes, bounds and decisions, without server code. Which credentials serve a target: `./candidates`. */
export { type ConditionFault, findConditionFault, operatorsOf, type RoutedRequest } from './condition.ts';
export { type PlannedTarget, planRoute, type RoutePlan } from './plan-route.ts';
export { readRoute, type StoredRoute } from './read-route.ts';
export {
  type Condition,
  type ConditionField,
  isRouteName,
  OPERATORS,
  type Operator,
  PLAIN_FIELDS,
  type PlainField,
  ROUTE_BOUNDS,
  type Route,
  type RouteRule,
  type RouteTarget,
  routeKey,
  STICKY_BY,
  type StickyBy,
  type WeightedTarget,
} from './route.ts';
