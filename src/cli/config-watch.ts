/** Notices that a configuration file was changed while its agent runs, and says so: it takes effect at the next start. */
import { type Stats, unwatchFile, watchFile } from 'node:fs'
import type { Log } from '../base/log.ts'

const everyMs = 2_000

/** Says so once for each change; a file that is gone for a moment, as while an editor saves, is no change. */
export const watchConfig = (files: readonly string[], log: Log): Disposable => {
  const listeners = files.map((file) => {
    const listener = (now: Stats, before: Stats): void => {
      if (now.mtimeMs === 0 || (now.mtimeMs === before.mtimeMs && now.size === before.size)) return
      log.warn(`${file} has changed; the agent goes on with what it read at its start. Restart it to use the new file.`)
    }
    watchFile(file, { interval: everyMs, persistent: false }, listener)
    return { file, listener }
  })
  return {
    [Symbol.dispose]() {
      for (const { file, listener } of listeners) unwatchFile(file, listener)
    },
  }
}
