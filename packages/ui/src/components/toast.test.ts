import { expect, it } from 'vitest';
import { drawToasts, type ToastDrawer, toast, whenToastIsWanted } from './toast.ts';

function startDrawer(): { readonly drawn: string[]; readonly drawer: ToastDrawer } {
  const drawn: string[] = [];
  const say = (kind: string) => (title: string) => void drawn.push(`${kind}: ${title}`);
  return { drawn, drawer: { error: say('error'), info: say('info'), success: say('success') } };
}

it('a notice that is given before anything can draw it asks for what draws, and is drawn then, in its turn', () => {
  let asked = 0;
  toast.success('Saved');
  const end = whenToastIsWanted(() => asked++);
  expect(asked).toBe(1);
  toast.error('Offline');
  expect(asked, 'asks again, should the first try have failed').toBe(2);

  const { drawn, drawer } = startDrawer();
  const stop = drawToasts(drawer);
  toast.info('Copied');
  expect(drawn).toEqual(['success: Saved', 'error: Offline', 'info: Copied']);
  expect(asked).toBe(2);
  end();
  stop();
});

it('once what draws is gone, notices wait for the next', () => {
  const first = startDrawer();
  drawToasts(first.drawer)();
  toast.info('Between');
  const second = startDrawer();
  drawToasts(second.drawer)();
  expect([first.drawn, second.drawn]).toEqual([[], ['info: Between']]);
});
