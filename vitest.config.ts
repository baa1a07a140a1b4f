import { defineConfig } from 'vitest/config'

// Java and Python take the locale's encoding for their files and pipes, and a machine may have none set.
const env = { LC_ALL: 'C.UTF-8' }

/**
 * Units and in-process suites, at whose end stands what they leave out: `interop` and `faults` need root, Debian packages or a JVM and have projects
 * of their own; `interop-rest` are the foreign clients that CI has no time for, run with the others by `npm run interop:all`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,sources,channels,sinks,test}/**/*.{test,fuzz}.ts'],
          exclude: ['test/interop/**', 'test/faults/**', 'node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['test/support/left-out.ts'],
        },
      },
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false } },
      {
        test: {
          name: 'interop',
          include: ['test/interop/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          env,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'interop-rest',
          include: ['test/interop/rest/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 60_000,
          env,
          fileParallelism: false,
        },
      },
    ],
  },
})
