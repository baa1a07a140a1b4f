import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { BatchCursor } from './batch-cursor.ts'
import { LogFile, OpenFiles } from './open-files.ts'

const chunkBytes = fc.integer({ min: 64, max: 5000 })

const walk = (content: Buffer, chunk: number): { sizes: number[]; end: number } => {
  const disk = new FakeDisk()
  disk.plant('/x.log', content)
  const cursor = new BatchCursor(new LogFile(new OpenFiles(disk), '/x.log'), 0, content.length, chunk)
  const sizes: number[] = []
  while (cursor.next()) {
    expect(cursor.bytes().length).toBe(cursor.size)
    sizes.push(cursor.size)
  }
  return { sizes, end: cursor.position }
}

test('a walk over any bytes ends within them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), chunkBytes, (bytes, chunk) => {
      const { sizes, end } = walk(Buffer.from(bytes), chunk)
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(end)
      expect(end).toBeLessThanOrEqual(bytes.length)
    }),
  )
})

test('a walk over batches sees each of them, however the reads fall, and stops where garbage begins', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 })
  fc.assert(
    fc.property(lengths, chunkBytes, fc.uint8Array({ maxLength: 40 }), (values, chunk, garbage) => {
      const batches = values.map((length) => batchOf(['x'.repeat(length)]))
      const { sizes } = walk(Buffer.concat([...batches, Buffer.from(garbage).fill(0xff)]), chunk)
      expect(sizes).toEqual(batches.map((batch) => batch.length))
    }),
  )
})

test('a log with any damage opens, keeps what is before it, and goes on', async () => {
  const damage = fc.record({
    at: fc.nat(3000),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    cut: fc.boolean(),
    indexed: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, bytes, cut, indexed }) => {
      const { disk, folder, open } = bench()
      const log = open({}, { indexIntervalBytes: 200 })
      const ends: number[] = []
      for (let i = 0; i < 30; i++) {
        log.append(batchOf([`value ${i}`]), client)
        ends.push(log.bytesFrom(0))
      }
      if (indexed) await log.close()
      disk.restart('process')
      const path = `${folder}/00000000000000000000.log`
      const content = disk.bytes(path) ?? Buffer.alloc(0)
      content.set(bytes.subarray(0, Math.max(0, content.length - at)), Math.min(at, content.length))
      disk.unlink(path)
      disk.plant(path, cut ? content.subarray(0, at) : content)
      const again = open({}, { indexIntervalBytes: 200 })
      again.ready()
      const untouched = ends.filter((end) => end <= at).length
      expect(
        readAll(again)
          .slice(0, untouched)
          .map(({ value }) => value),
      ).toEqual(Array.from({ length: untouched }, (_, i) => `value ${i}`))
      const { baseOffset } = again.append(batchOf(['next']), client)
      expect(readAll(again).at(-1)).toMatchObject({ offset: baseOffset, value: 'next' })
    }),
    { numRuns: 1000 },
  )
})
