/**
 * Every page that the console has, read from its routes: a page that somebody adds is looked at from its first day.
 * A route with a part in brackets gets an object that is there.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { DOC_SLUGS } from '../../src/features/docs/docs-pages.ts';
import { PAGES, SECTION_ORDER } from '../../src/features/shell/navigation.ts';
import { expect } from './test.ts';

const APP = path.resolve(import.meta.dirname, '../../src/app');
const GROUP = /\/\([^)]+\)/g;

export interface ConsolePage {
  /** As in the folders: `/keys/[id]`. */
  readonly route: string;
  /** Where one such page is. */
  readonly path: string;
}

/** Of the navigation, and what is beside it: suites that take minutes run a section at a time. */
export const SECTIONS = [...SECTION_ORDER, 'docs', 'other'] as const;

export function sectionOf(path: string): (typeof SECTIONS)[number] {
  if (path.startsWith('/docs')) return 'docs';
  const inNavigation = PAGES.find(
    ({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)),
  );
  return inNavigation?.section ?? 'other';
}

/** Lists whose address is not that of the page. */
const LIST_OF: Readonly<Record<string, string>> = { '/reconciliation': '/reconciliations' };

/**
 * Pages that show themselves only in a state that an organization with data is not in; each is looked at by the test
 * that brings the state about.
 */
const IN_ANOTHER_STATE = new Set(['/second-factor', '/sign-in/second-step', '/single-sign-on']);

/** Routes of pages, with their groups: `/(app)/keys/[id]`. */
function listPageFiles(): string[] {
  return readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'page.tsx')
    .map((file) => `/${path.dirname(file)}`.replace(/^\/\.$/, '/'))
    .toSorted();
}

const toRoute = (folder: string): string => folder.replace(GROUP, '') || '/';

/** Around signing in, for whoever is signed out. */
export function listOpenPages(): ConsolePage[] {
  const folders = listPageFiles().filter((folder) => folder.startsWith('/(auth)'));
  const routes = folders.map(toRoute).filter((route) => !IN_ANOTHER_STATE.has(route));
  return routes.map((route) => ({ route, path: route }));
}

/** For who is signed in. */
export function listSignedInRoutes(): string[] {
  return listPageFiles()
    .filter((folder) => !folder.startsWith('/(auth)'))
    .map(toRoute)
    .filter((route) => !IN_ANOTHER_STATE.has(route));
}

/** For who is signed in; `page` finds an object for each page that shows one. */
export async function listSignedInPages(page: Page): Promise<ConsolePage[]> {
  const pages: ConsolePage[] = [];
  for (const route of listSignedInRoutes()) {
    if (!route.includes('[')) pages.push({ route, path: route });
    else if (route === '/docs/[slug]')
      pages.push(...DOC_SLUGS.map((slug) => ({ route, path: `/docs/${slug}` })));
    else pages.push({ route, path: `${route.slice(0, route.indexOf('/['))}/${await findId(page, route)}` });
  }
  return pages;
}

async function findId(page: Page, route: string): Promise<string> {
  const folder = route.slice(0, route.indexOf('/['));
  const list = `/api/v1${LIST_OF[folder] ?? folder}?limit=1`;
  const answer = await page.request.get(list);
  expect(answer.status(), `${route} is looked at with the first of ${list}`).toBe(200);
  const { data } = (await answer.json()) as { data: { id?: string; requestId?: string }[] };
  const id = data[0]?.id ?? data[0]?.requestId;
  expect(id, `${list} must have something, for ${route} to be looked at`).toBeDefined();
  return id ?? '';
}
