import { describe, expect, it } from 'vitest'
import type { TailFile } from './tail-file.ts'
import { WatchedFiles } from './watched-files.ts'

const rig = (max: number) => {
  const paths = new Set<string>()
  const calls: string[] = []
  const files = new WatchedFiles(
    {
      add(path) {
        calls.push(`+${path}`)
        paths.add(path)
      },
      remove(path) {
        calls.push(`-${path}`)
        paths.delete(path)
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    max,
  )
  return { files, paths, calls }
}

const file = (path: string, isOpen = true, departed = false): TailFile => ({ path, isOpen, departed }) as TailFile

describe('WatchedFiles', () => {
  it('keeps a file that was closed for being quiet, and drops one that has departed', () => {
    const { files, paths } = rig(10)
    const quiet = file('/a', false)
    const gone = file('/b', false, true)
    files.opened(quiet)
    files.opened(gone)
    files.closed(quiet)
    files.closed(gone)
    expect([...paths]).toEqual(['/a'])
    expect(files.at('/a')).toBe(quiet)
  })

  it('watches a path anew when it leads to another file, and the old file no longer speaks for it', () => {
    const { files, calls } = rig(10)
    const old = file('/a', true, true)
    const fresh = file('/a')
    files.opened(old)
    files.opened(fresh)
    files.closed(old)
    files.opened(fresh)
    expect(calls).toEqual(['+/a', '-/a', '+/a'])
    expect(files.at('/a')).toBe(fresh)
  })

  it('follows a rename', () => {
    const { files, paths } = rig(10)
    const renamed = file('/a')
    files.opened(renamed)
    Object.assign(renamed, { path: '/a.1' })
    files.renamed(renamed, '/a')
    expect([...paths]).toEqual(['/a.1'])
    expect(files.at('/a.1')).toBe(renamed)
  })

  it('watches no more than it may: closed files give way', () => {
    const { files, paths } = rig(2)
    files.opened(file('/a'))
    files.opened(file('/b', false))
    files.opened(file('/c'))
    expect([...paths]).toEqual(['/a', '/c'])
  })
})
