/** What Next gives a page, as far as ours use it. */
type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

export interface SearchPageProps {
  readonly searchParams: Promise<SearchParams>;
}

export interface IdPageProps {
  readonly params: Promise<{ readonly id: string }>;
}
