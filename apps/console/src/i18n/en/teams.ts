export const teams = {
  title: 'Teams',
  description: 'Who spends together: members, keys, budget and cost centre.',
  emptyTitle: 'No teams yet',
  emptyText:
    'Teams carry budgets and limits, and split the bill. Most organizations start with one per product.',
};
