import { expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { noHeaders } from '../flow/event.ts'
import { LineReader } from './line-reader.ts'

const line = (nr: number): string => `line ${String(nr).padStart(1000)}`

/** A file of `count` lines of a kilobyte, read in chunks of 8 KB. */
const given = (count: number) => {
  const disk = new FakeDisk()
  disk.plant('/log', Buffer.from(Array.from({ length: count }, (_, nr) => `${line(nr)}\n`).join('')))
  const fd = disk.open('/log', 'a+')
  const limits = { chunkBytes: 8192, maxLineBytes: 5000, maxBatchBytes: 1e9, dropReturn: false }
  const reader = new LineReader({ disk, ...limits, onLongLine: () => {} }, 0)
  const next = (max: number): string[] => reader.next(fd, max, noHeaders).map(({ body }) => String(body))
  return { disk, fd, next, reader }
}

it('gives batches of any length, larger or smaller than the one before', () => {
  const { next } = given(60)
  const batches = [1, 30, 3, 25, 40].map(next)
  expect(batches.map(({ length }) => length)).toEqual([1, 30, 3, 25, 1])
  expect(batches.flat()).toEqual(Array.from({ length: 60 }, (_, nr) => line(nr)))
})

it('reads on where a file that was cut between two chunks grows again', () => {
  const { disk, fd, next, reader } = given(100)
  const first = next(8)
  disk.truncate(fd, reader.position + reader.waiting)
  expect(next(100)).toEqual([])
  const more = Buffer.from(`${'x'.repeat(2000)}\n${line(1)}\n`)
  disk.write(fd, more, 0, more.length, null)
  const then = next(100)
  expect([first.length, then.length, then.at(-1)]).toEqual([8, 2, line(1)])
})
