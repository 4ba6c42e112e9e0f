import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Pages that work without a network; what they load at once is kept on the phone. */
const KEPT_PAGES = [
  /features\/my\/(?:MyDay|JobForms)\.tsx$/,
  /people\/Earnings\.tsx$/,
  /frame\/(?:NoticeList|AccountMenu|MoreMenu)\.tsx$/,
  /src\/app\.tsx$/,
  /index\.html$/,
  /words\/[a-z]{2}\.ts$/,
]

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

/**
 * Each component of Mantine brings its own style, after those of what it is made of: a page loads those that it shows. They
 * come when they come, and lie in a layer, so that ours (page.css) hold wherever they stand.
 */
const mantineStyles = (): Plugin => ({
  name: 'mantine-styles',
  // Beside a running Vite the whole is loaded.
  apply: 'build',
  enforce: 'pre',
  load: {
    filter: { id: /@mantine\/core\/styles\.css$/ },
    handler: () => BASE_STYLES.map((name) => `@import "@mantine/core/styles/${name}.layer.css";`).join('\n'),
  },
  transform: {
    filter: { id: /@mantine\/(?:core|notifications|spotlight)\/esm\/.*\.module\.mjs$/ },
    handler(code, id) {
      const [, library, name] = /@mantine\/(\w+)\/.*?(\w+)\.module\.mjs$/.exec(id) ?? []
      const style = library === 'core' ? `styles/${name}.layer.css` : 'styles.layer.css'
      return { code: `import '@mantine/${library}/${style}'\n${code}`, map: null }
    },
  },
})
/** What all of Mantine stands on. */
const BASE_STYLES = ['default-css-variables', 'baseline', 'global']

/**
 * In which files it comes: each costs a kilobyte of headers, and whoever loads one loads all that is in it. The frame of
 * all pages is one; simple parts, what opens or scrolls (it places itself, which is half of its weight), and what else is
 * filled in are three.
 */
const GROUPS = [
  // What the page of a ticket shares with the rest: it must bring nothing else with it.
  {
    name: 'first',
    test: /node_modules\/preact\/(?:dist|hooks|jsx-runtime)\/|src\/(?:call|words\/(?:language|translate|told)|offline\/(?:registerWorker|webPush)|components\/plainText)\.ts$|vite\/|rolldown/,
    priority: 5,
  },
  { name: 'app', test: /src\/app\.tsx$/, priority: 4 },
  {
    name: 'parts',
    test: /@mantine\/core\/.*\/(?:Anchor|FloatingIndicator|SegmentedControl|SimpleGrid|Progress|List|Code|Input|InputBase|TextInput|Textarea|Portal|CloseButton)\/|src\/components\/(?:names|use[A-Z]\w+|Stat|csv|SortAgain)\.tsx?$/,
    priority: 3,
  },
  {
    name: 'opens',
    test: /@mantine\/core\/.*\/(?:ScrollArea|Table|Combobox|Select|Menu|Popover|Tooltip|Modal|ModalBase)\//,
    priority: 2,
  },
  {
    name: 'forms',
    test: /@mantine\/core\/.*\/(?:NumberInput|MultiSelect|TagsInput|Pill|PillsInput|Checkbox|Radio|Switch|FileButton)\//,
    priority: 1,
  },
  { name: 'icons', test: /node_modules\/@tabler\//, minShareCount: 2 },
]

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
  plugins: [react(), mantineStyles(), offlineFiles(), compressed()],
  // React's own weight and work are three times Preact's, on the slowest phones of all who work here (decision 0330).
  resolve: {
    alias: [
      { find: /^react$/, replacement: join(import.meta.dirname, 'src/reactOnPreact.js') },
      { find: /^react-dom$/, replacement: 'preact/compat' },
      { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2_000,
    // The page of a ticket stands alone: whoever opens it waits on a phone, and needs nothing of the rest.
    rolldownOptions: {
      input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'ticket.html')],
      // Sixty files of a kilobyte cost as much in headers as in what they hold.
      output: { codeSplitting: { groups: GROUPS } },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
