import { beforeEach, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { noHeaders } from '../../src/flow/event.ts'
import { TailFile } from './tail-file.ts'

const lines = (text: string, count: number): Buffer => Buffer.from(`${text.padStart(99)}\n`.repeat(count))

let disk: FakeDisk
let fd: number
let file: TailFile

/** A file of 1,000 lines of 100 bytes, read in chunks of 8 KB: 80 of the first chunk's 81 lines have been taken. */
beforeEach(() => {
  disk = new FakeDisk()
  disk.plant('/log', lines('old', 1000))
  fd = disk.open('/log', 'a+')
  const reading = { chunkBytes: 8192, maxLineBytes: 5000, maxBatchBytes: 1e9, dropReturn: false }
  const group = { name: 'g', folder: '/' } as TailFile['group']
  const options = { disk, reading, headersOf: () => noHeaders, onLongLine: () => {} }
  file = new TailFile({ inode: disk.fstat(fd).inode, path: '/log', group, position: 0 }, options, 0)
  expect(file.open()).toBe(true)
  expect(file.next(80)).toHaveLength(80)
})

it('takes nothing but the old from a file that was written anew between two chunks, larger than before', () => {
  disk.truncate(fd, 0)
  const anew = lines('new', 2000)
  disk.write(fd, anew, 0, anew.length, null)
  expect([file.next(1000).length, file.isIntact()]).toEqual([1, false])
})

it('takes nothing more from a file that was cut between two chunks', () => {
  disk.truncate(fd, 5000)
  expect([file.next(1000).length, file.isIntact()]).toEqual([1, false])
})

it('goes on in a file that grows', () => {
  const more = lines('more', 10)
  disk.write(fd, more, 0, more.length, null)
  expect([file.next(2000).length, file.isIntact()]).toEqual([930, true])
})
