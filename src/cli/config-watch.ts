/** Notices that a configuration file was changed while its agent runs, and says so: it takes effect at the next start. */
import { statSync } from 'node:fs'
import type { Log } from '../base/log.ts'

const everyMs = 2_000

/** Files by their path, each with what tells one state of it from another; undefined while it is missing. */
export type FileStamps = ReadonlyMap<string, string | undefined>

const stampOf = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.mtimeMs} ${found.size} ${found.ino}`
}

/** To be taken before the files are read, so that no change goes unseen. */
export const stampsOf = (files: readonly string[]): FileStamps => new Map(files.map((file) => [file, stampOf(file)]))

/** Says so once for each change since the stamps; a file that is gone for a moment, as while an editor saves, is no change. */
export const watchConfig = (since: FileStamps, log: Log): Disposable => {
  const seen = new Map(since)
  const look = (): void => {
    for (const [file, before] of seen) {
      const now = stampOf(file)
      if (now === undefined || now === before) continue
      seen.set(file, now)
      log.warn(`${file} has changed; the agent goes on with what it read at its start. Restart it to use the new file.`)
    }
  }
  const timer = setInterval(look, everyMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
