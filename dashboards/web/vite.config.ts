import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Pages that work without a network; what they load at once is kept on the phone. */
const KEPT_PAGES = [/features\/my\/MyDay\.tsx$/, /src\/main\.tsx$/, /index\.html$/]

/** Names the files that those pages are made of, for the service worker. */
const offlineFiles = (): Plugin => ({
  name: 'offline-files',
  generateBundle(_options, bundle) {
    const files = new Set<string>()
    const add = (name: string): void => {
      const chunk = bundle[name]
      if (files.has(name) || chunk?.type !== 'chunk') return
      files.add(name)
      for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css)
      for (const other of chunk.imports) add(other)
    }
    for (const [name, chunk] of Object.entries(bundle)) {
      if (chunk.type === 'chunk' && KEPT_PAGES.some((page) => page.test(chunk.facadeModuleId ?? ''))) add(name)
    }
    const paths = [...files].map((name) => `/${name}`).sort()
    this.emitFile({ type: 'asset', fileName: 'offline.json', source: JSON.stringify({ files: paths }) })
  },
})

export default defineConfig({
  plugins: [react(), offlineFiles()],
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 2_000 },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
