import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Pages that work without a network; what they load at once is kept on the phone. */
const KEPT_PAGES = [/features\/my\/MyDay\.tsx$/, /src\/main\.tsx$/, /index\.html$/, /words\/(?:en|zh)\.ts$/]

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

/** Libraries that most pages are made of. */
const SHARED =
  /node_modules\/(?:react|react-dom|scheduler|@mantine|@floating-ui|@tanstack|i18next|react-i18next|@tabler)\//

/** Smaller than this nothing is gained. */
const LEAST_BYTES = 1_000

/** Each text beside itself in fewer bytes, made once: the server sends what the browser understands. */
const compressed = (): Plugin => ({
  name: 'compressed',
  writeBundle({ dir = '' }) {
    for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:js|css|html|svg|json|webmanifest)$/.test(file)) continue
      const bytes = readFileSync(join(dir, file))
      if (bytes.length < LEAST_BYTES) continue
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
      writeFileSync(join(dir, `${file}.br`), brotliCompressSync(bytes, { params }))
      writeFileSync(join(dir, `${file}.gz`), gzipSync(bytes))
    }
  },
})

/** @public Vite reads it. */
export default defineConfig({
  plugins: [react(), offlineFiles(), compressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2_000,
    // The page of a ticket stands alone: whoever opens it waits on a phone, and needs nothing of the rest.
    rolldownOptions: {
      input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'ticket.html')],
      // Sixty files of a kilobyte cost as much in headers as in what they hold.
      output: { codeSplitting: { groups: [{ name: 'shared', test: SHARED, minShareCount: 4 }] } },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
