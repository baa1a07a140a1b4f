/** Whatever a transaction index holds, a log opens with it, and readers of committed data are told of every transaction that was aborted. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client } from '../../../test/fakes/partition-log.ts'
import { encodeMarker } from '../../protocol/control-batch.ts'
import type { PartitionLog } from './partition-log.ts'

const outcomes = ['commit', 'abort'] as const

/** What becomes of the file: a byte at a place of it is another one, it ends earlier, or it is gone. */
const damages = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(400), by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(400), by: fc.constant(0) }),
  fc.record({ kind: fc.constant('lost' as const), at: fc.constant(0), by: fc.constant(0) }),
)

const said = (log: PartitionLog): string[] =>
  log.transactions
    .aborted(0, log.logEndOffset)
    .map((each) => `${each.producerId}: ${each.firstOffset}-${each.lastOffset} ${each.lastStableOffset}`)

test('damage to the index is found, said and mended', async () => {
  const ends = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(ends, damages, async (how, { kind, at, by }) => {
      const home = bench()
      const log = home.open()
      for (const [producerId, outcome] of how.entries()) {
        const fields = { isTransactional: true, producerId, producerEpoch: 0, baseSequence: 0 }
        log.append(batchOf(['v'], fields), client)
        const marker = { outcome, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1000 }
        log.append(encodeMarker(marker), { origin: 'coordinator' })
      }
      const told = said(log)
      expect(told).toHaveLength(how.filter((outcome) => outcome === 'abort').length)
      await log.close()
      const path = `${home.folder}/00000000000000000000.txnindex`
      const bytes = Buffer.from(home.disk.bytes(path) ?? Buffer.alloc(0))
      if (bytes.length === 0) return
      home.disk.unlink(path)
      const place = at % bytes.length
      if (kind === 'byte') bytes[place] = (bytes[place] ?? 0) ^ by
      if (kind !== 'lost') home.disk.plant(path, kind === 'cut' ? bytes.subarray(0, place) : bytes)
      const again = home.open({ isClean: true, recoveryPoint: 2 * how.length })
      expect(said(again)).toEqual(told)
      expect(home.said.of('warn')).toEqual([expect.stringContaining(path)])
      await again.close()
      expect(said(home.open({ isClean: true, recoveryPoint: 2 * how.length }))).toEqual(told)
      expect(home.said.of('warn')).toHaveLength(1)
    }),
  )
})
