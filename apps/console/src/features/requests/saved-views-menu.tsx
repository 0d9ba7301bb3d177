'use client';
/** Saved views of the explorer; one of them can be where somebody's explorer starts. */
import type { SavedView } from '@tollgate/api';
import { Bookmark, BookmarkPlus, Star, StarOff, UsersRound } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { SavedMenu } from '../common/saved-menu.tsx';
import { usePatchSaved } from '../common/saved-things.ts';
import { isSameQuestion, type ViewQuestion } from './saved-view-types.ts';

export interface SavedViewsMenuProps {
  readonly views: readonly SavedView[];
  /** The one that the address names. */
  readonly current: SavedView | undefined;
  /** What is shown now. */
  readonly question: ViewQuestion;
  readonly onOpen: (view: SavedView | undefined) => void;
}

export function SavedViewsMenu({ views, current, question, onOpen }: SavedViewsMenuProps) {
  const text = useMessages('requests').views;
  const patch = usePatchSaved<SavedView>('/saved-views');
  return (
    <SavedMenu
      path="/saved-views"
      align="start"
      text={text}
      things={views}
      current={current}
      question={question}
      isChanged={current !== undefined && !isSameQuestion(current.question, question)}
      icons={{ thing: <Bookmark />, add: <BookmarkPlus />, update: <Bookmark /> }}
      entryOf={(view) => ({
        icon: view.isDefault ? <Star /> : view.shared ? <UsersRound /> : <Bookmark />,
        ...(view.isDefault && { hint: text.default }),
      })}
      // For oneself alone: everybody may, of a view that they see.
      entriesOf={(view) => [
        {
          label: view.isDefault ? text.unsetDefault : text.setDefault,
          icon: view.isDefault ? <StarOff /> : <Star />,
          onSelect: () => patch.mutate({ thing: view, change: { isDefault: !view.isDefault } }),
        },
      ]}
      ownFlag={{
        field: 'isDefault',
        label: text.setDefault,
        description: text.defaultText,
        valueOf: ({ isDefault }) => isDefault,
      }}
      removeText={({ shared }) => (shared ? text.removeShared : text.removeOwn)}
      onOpen={onOpen}
    />
  );
}
