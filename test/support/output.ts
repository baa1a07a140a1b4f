/** What an agent left on the disk: the files of its file_roll sink, and the positions of its TAILDIR source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** All its files, in the order of their names; nothing while there are none. */
export const outputBytes = (folder: string): Buffer => {
  const out = join(folder, 'out')
  if (!existsSync(out)) return Buffer.alloc(0)
  const names = readdirSync(out).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return Buffer.concat(names.map((name) => readFileSync(join(out, name))))
}

/** Its lines that are not empty. */
export const outputLines = (folder: string): string[] =>
  outputBytes(folder)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

/** Where the position file of `taildir` says that the first of its files is read and settled to; 0 while there is none. */
export const storedPosition = (folder: string): number => {
  const path = join(folder, 'positions.json')
  if (!existsSync(path)) return 0
  const [entry] = JSON.parse(readFileSync(path, 'utf8')) as { pos: number }[]
  return entry?.pos ?? 0
}
