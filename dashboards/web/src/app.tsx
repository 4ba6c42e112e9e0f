// First, because it says in which order the layers count.
import './page.css'
import '@mantine/core/styles.css'
import { MantineProvider, mergeThemeOverrides } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { type ReactNode, StrictMode, useMemo } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { Notices } from './components/frame/Notices.tsx'
import { restoreAnswers } from './offline/keptAnswers.ts'
import { loadPage, router } from './router.tsx'
import { theme } from './theme.ts'
import { SpokenWords, useWords } from './words/index.ts'

loadPage(location.pathname)
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
// What was kept of the day is there before anybody asks the network; pages of owners' links keep nothing.
if (!/^\/[hotpr]\//.test(location.pathname)) await restoreAnswers(Date.now())
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SpokenWords>
        <Themed>
          <RouterProvider router={router} />
          <Notices />
        </Themed>
      </SpokenWords>
    </QueryClientProvider>
  </StrictMode>,
)

/** The look of all pages, and what its own buttons are called: a cross that closes something is named in the reader's language. */
function Themed({ children }: { children: ReactNode }) {
  const { t } = useWords()
  const named = useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: { CloseButton: { defaultProps: { 'aria-label': t('common.close') } } },
      }),
    [t],
  )
  return (
    <MantineProvider theme={named} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  )
}
