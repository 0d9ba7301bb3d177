/** For tests: changes of what organizations may spend on what the operator resells. */
import { type Changes, newPerson } from './change.ts';

let cents = 0;
/** Another amount each time: the same one again would change nothing. */
const amount = () => {
  cents += 1;
  return `7.${String(cents).padStart(2, '0')}`;
};

export const RESOLD_SPEND_CHANGES: Changes = {
  'put /operator/resold-spend': ({ owner }) => ({ by: owner, body: { limitUsd: amount() } }),
  'put /operator/organizations/{id}/resold-spend': async (world) => {
    const { organizationId } = await newPerson(world);
    const path = `/operator/organizations/${organizationId}/resold-spend`;
    return { by: world.owner, path, body: { limitUsd: amount(), reason: 'Change' } };
  },
  'put /operator/organizations/{id}/resold-spend (no bound)': async (world) => {
    const { organizationId } = await newPerson(world);
    const path = `/operator/organizations/${organizationId}/resold-spend`;
    const bounded = await world.owner.call('PUT', path, { limitUsd: amount(), reason: 'Change' });
    if (bounded.status !== 200) throw new Error(`Not bounded: ${bounded.text}`);
    return { by: world.owner, path, body: { limitUsd: null, reason: 'Change' } };
  },
};
