/**
 * Wakes the source when an open file changes, so that a line is on its way within milliseconds. It watches the files and not their folders:
 * `chokidar` reads a whole folder again at each change in it, which costs a core where thousands of files lie. New files are found by looking.
 */
import { reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'

export interface Watch extends AsyncDisposable {
  add(path: string): void
  remove(path: string): void
}

/** Calls `onEvent` with the path of a watched file that has changed in any way. */
export type StartWatch = (onEvent: (path: string) => void, log: Log) => Promise<Watch>

export const watchFiles: StartWatch = async (onEvent, log) => {
  const { watch } = await import('chokidar')
  const watcher = watch([], { ignoreInitial: true, depth: 0, atomic: false })
  let said = false
  watcher.on('raw', (_event, _name, details: unknown) => {
    const { watchedPath } = (details ?? {}) as { readonly watchedPath?: unknown }
    if (typeof watchedPath === 'string') onEvent(watchedPath)
  })
  watcher.on('error', (thrown) => {
    if (!said) log.warn(`Files can't be watched: ${reasonOf(thrown)}. Changes are found by looking, within a second.`)
    said = true
  })
  return {
    add: (path) => void watcher.add(path),
    remove: (path) => void watcher.unwatch(path),
    [Symbol.asyncDispose]: () => watcher.close(),
  }
}
