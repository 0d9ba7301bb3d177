import { expect, it } from 'vitest';
import { instantOfWall, wallAt } from './wall-clock.ts';

it('a year of less than three digits is that year, not one of the 20th century', () => {
  for (const year of ['0002', '0020', '0099', '0202', '2026']) {
    const wall = Date.parse(`${year}-11-21T08:30:00Z`);
    expect(new Date(wallAt(instantOfWall(wall, 'Europe/Berlin'), 'Europe/Berlin'))).toEqual(new Date(wall));
  }
});
