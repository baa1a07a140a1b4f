import { expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { readWhole } from './read-whole.ts'

it('a small file is read whole, in however many pieces it comes, and closed', () => {
  const disk = new FakeDisk({ seed: 3 })
  disk.plant('/a/file', Buffer.from('all of it'))
  expect(String(readWhole(disk, '/a/file'))).toBe('all of it')
  disk.plant('/a/empty', Buffer.alloc(0))
  expect(readWhole(disk, '/a/empty')).toHaveLength(0)
  expect(disk.openFiles).toBe(0)
})

it('a file that is not there gives undefined, and anything else is thrown', () => {
  const disk = new FakeDisk()
  expect(readWhole(disk, '/none')).toBeUndefined()
  disk.fail('open', 'EACCES')
  expect(() => readWhole(disk, '/none')).toThrow('EACCES')
})
