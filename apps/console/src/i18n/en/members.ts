export const members = {
  title: 'Members',
  description: 'People of this organization and what they may do.',
  emptyTitle: 'Only you are here',
  emptyText: 'Invite colleagues by e-mail. What they see and may change follows from their role.',
};
