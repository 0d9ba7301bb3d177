export const docs = {
  title: 'Documentation',
  description: 'Short answers to the questions that come first. Samples hold this installation’s addresses.',
  pages: 'Pages of the documentation',
  search: 'Search the documentation',
  found: 'Found in the documentation',
  nothingFound: 'Nothing found. Try another word.',
  errorTable: 'Errors of the gateway',
  code: 'Code',
  status: 'Status',
  meaning: 'What it means, and what to do',
  retry: 'Try again',
  retries: { no: 'no', soon: 'soon', wait: 'when it resets', provider: 'as the provider says' },
};
