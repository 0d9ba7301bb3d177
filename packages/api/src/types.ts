/** The shapes of answers, for clients. Types only: importing them brings no code along. */
import type { z } from 'zod';
import type { Me as MeSchema } from './routes/me.ts';
import type { Member as MemberSchema } from './routes/members.ts';
import type { Organization as OrganizationSchema } from './routes/organizations.ts';
import type { Team as TeamSchema } from './routes/teams.ts';

export type Me = z.output<typeof MeSchema>;
export type Member = z.output<typeof MemberSchema>;
export type Organization = z.output<typeof OrganizationSchema>;
export type Team = z.output<typeof TeamSchema>;
