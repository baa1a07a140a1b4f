/** What an agent left on the disk: the files of its file_roll sink, and the positions of its TAILDIR source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files of the sink, in the order of their names; none while there is no folder. */
const outputFiles = (folder: string): Buffer[] => {
  const out = join(folder, 'out')
  if (!existsSync(out)) return []
  const names = readdirSync(out).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return names.map((name) => readFileSync(join(out, name)))
}

/** All its bytes. */
export const outputBytes = (folder: string): Buffer => Buffer.concat(outputFiles(folder))

/** Its lines that are not empty; what stands behind the last newline of a file is one. */
export const outputLines = (folder: string): string[] =>
  outputFiles(folder).flatMap((bytes) =>
    bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== ''),
  )

/** Where the position file of `taildir` says that the first of its files is read and settled to; 0 while there is none. */
export const storedPosition = (folder: string): number => {
  const path = join(folder, 'positions.json')
  if (!existsSync(path)) return 0
  const [entry] = JSON.parse(readFileSync(path, 'utf8')) as { pos: number }[]
  return entry?.pos ?? 0
}
