import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { readWhole } from '../io/read-whole.ts'
import { folderOf, replaceFile } from './json-file.ts'

const disk = (): FakeDisk => {
  const made = new FakeDisk({ seed: 3, shortWrites: 0.9 })
  made.makeFolder('/a')
  return made
}

describe('replaceFile', () => {
  it('leaves the old or the new at every crash, and nothing else under the name', () => {
    for (let crash = 1; crash < 30; crash++) {
      const on = disk()
      replaceFile(on, '/a/file', Buffer.from('old and long'))
      on.crashIn(crash)
      let finished = true
      try {
        replaceFile(on, '/a/file', Buffer.from('new and longer'))
      } catch {
        finished = false
      }
      on.restart('process')
      const found = String(readWhole(on, '/a/file'))
      expect(finished ? ['new and longer'] : ['old and long', 'new and longer']).toContain(found)
    }
  })

  it('passes on what the disk says, and keeps the old', () => {
    const on = disk()
    replaceFile(on, '/a/file', Buffer.from('old'))
    on.fail('write', 'ENOSPC')
    expect(() => replaceFile(on, '/a/file', Buffer.from('new'))).toThrow('ENOSPC')
    expect(String(readWhole(on, '/a/file'))).toBe('old')
    expect(on.openFiles).toBe(0)
  })
})

describe('folderOf', () => {
  it('is the part before the name', () => {
    expect([folderOf('/a/b/c'), folderOf('/c'), folderOf('a/b'), folderOf('c')]).toEqual(['/a/b', '/', 'a', '.'])
  })
})
