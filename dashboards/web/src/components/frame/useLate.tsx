import { type ComponentType, lazy, type ReactNode, Suspense, useMemo, useState } from 'react'

/**
 * What opens from a button of the frame is loaded when it is first asked for: its button stands there meanwhile.
 * @param load a component that shows the button itself, opened
 */
export function useLate<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): (props: P, button: (ask: { onClick: () => void; onPointerEnter: () => void }) => ReactNode) => ReactNode {
  const [isAsked, ask] = useState(false)
  const Opened = useMemo(() => lazy(load), [load])
  return (props, button) => {
    const closed = button({ onClick: () => ask(true), onPointerEnter: () => void load() })
    return isAsked ? (
      <Suspense fallback={closed}>
        <Opened {...props} />
      </Suspense>
    ) : (
      closed
    )
  }
}
