import { type HotkeyItem, useHotkeys } from '@mantine/hooks'

/** What is asked before a deed: for how long, what it is, who, or what to write; `keys` shows the keys. */
export type Asking = 'snooze' | 'mark' | 'assign' | 'note' | 'keys'

/** Everything that the inbox does by keys; while something is asked it is the dialog that hears them. */
export function useInboxKeys(of: {
  isAsking: boolean
  mayHandle: boolean
  step: (by: number) => void
  select: (stretch: boolean) => void
  clear: () => void
  ask: (what: Asking) => void
  acknowledge: () => void
  undo: () => void
  open: () => void
  read: () => void
}): void {
  const always: HotkeyItem[] = [
    ['j', () => of.step(1)],
    ['k', () => of.step(-1)],
    ['o', of.open],
    // Elsewhere it is the key of the button or the link that has the focus.
    ['Enter', (event) => isInList(event) && of.read(), { preventDefault: false }],
    // With Shift or without: that is a matter of the keyboard.
    ['?', () => of.ask('keys')],
    ['shift+?', () => of.ask('keys')],
  ]
  const deeds: HotkeyItem[] = [
    ['x', () => of.select(false)],
    ['shift+X', () => of.select(true)],
    ['Escape', of.clear],
    ['a', of.acknowledge],
    ['s', () => of.ask('snooze')],
    ['e', () => of.ask('mark')],
    ['w', () => of.ask('assign')],
    ['n', () => of.ask('note')],
    ['u', of.undo],
  ]
  const heard = of.isAsking ? [] : of.mayHandle ? [...always, ...deeds] : always
  // A checkbox that was clicked still has the focus, and is no place to write in.
  useHotkeys(
    heard.map(([key, run, options]) => [
      key,
      (event) => {
        // A key that is held down walks the list; it does nothing twice.
        if (isWriting(event) || (event.repeat && !/^[jk]$/.test(key))) return
        if (options?.preventDefault !== false) event.preventDefault()
        run(event)
      },
      { preventDefault: false },
    ]),
    [],
  )
}

const isWriting = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select') !== null

const isInList = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && (target === document.body || target.closest('.alert-row') !== null)
