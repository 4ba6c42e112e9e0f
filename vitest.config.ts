import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dashboards/web/dist/**', '.cache/**'],
    testTimeout: 90_000,
    hookTimeout: 300_000,
    // On two cores: a third of a test is waiting for somebody.
    maxWorkers: 3,
  },
})
