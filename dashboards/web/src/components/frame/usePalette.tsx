import { useHotkeys } from '@mantine/hooks'
import { lazy, type ReactNode, Suspense, useState } from 'react'

const load = () => import('./Palette.tsx')
const Palette = lazy(async () => ({ default: (await load()).Palette }))

/** The palette, loaded when somebody first asks for it. */
export function usePalette(): { palette: ReactNode; open: () => void } {
  const [isThere, place] = useState(false)
  const open = () => {
    place(true)
    void load().then(({ openPalette }) => openPalette())
  }
  // Once it is there it listens itself.
  useHotkeys(isThere ? [] : [['mod+K', open]])
  return {
    open,
    palette: isThere && (
      <Suspense>
        <Palette />
      </Suspense>
    ),
  }
}
