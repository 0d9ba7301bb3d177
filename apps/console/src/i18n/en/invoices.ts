export const invoices = {
  title: 'Invoices',
  description: 'What was used, line by line, down to the request.',
  emptyTitle: 'No invoices yet',
  emptyText: 'The running month becomes the first draft once there is usage.',
};
