import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import 'uplot/dist/uPlot.min.css'
import './page.css'
import './words/index.ts'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { restoreAnswers } from './offline/keptAnswers.ts'
import { registerWorker } from './offline/registerWorker.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'

void registerWorker()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
// What was kept of the day is there before anybody asks the network; pages of owners' links keep nothing.
if (!/^\/[hotpr]\//.test(location.pathname)) await restoreAnswers(Date.now())
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="top-center" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
