// First, because it says in which order the layers count.
import './page.css'
import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { Notices } from './components/frame/Notices.tsx'
import { restoreAnswers } from './offline/keptAnswers.ts'
import { loadPage, router } from './router.tsx'
import { theme } from './theme.ts'
import { SpokenWords } from './words/index.ts'

loadPage(location.pathname)
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
// What was kept of the day is there before anybody asks the network; pages of owners' links keep nothing.
if (!/^\/[hotpr]\//.test(location.pathname)) await restoreAnswers(Date.now())
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <SpokenWords>
          <RouterProvider router={router} />
          <Notices />
        </SpokenWords>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
