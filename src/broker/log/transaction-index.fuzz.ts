/** Whatever a transaction index holds, a log opens with it, and readers of committed data are told of every transaction that was aborted. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client } from '../../../test/fakes/partition-log.ts'
import { encodeMarker } from '../../protocol/control-batch.ts'

const outcomes = ['commit', 'abort'] as const

test('damage to the index is found and mended, or does no harm', async () => {
  const damage = fc.record({ at: fc.nat(400), byte: fc.nat(255), cut: fc.option(fc.nat(400), { nil: undefined }) })
  const ends = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(ends, damage, async (how, { at, byte, cut }) => {
      const home = bench()
      const log = home.open()
      for (const [producerId, outcome] of how.entries()) {
        const fields = { isTransactional: true, producerId, producerEpoch: 0, baseSequence: 0 }
        log.append(batchOf(['v'], fields), client)
        const marker = { outcome, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1000 }
        log.append(encodeMarker(marker), { origin: 'coordinator' })
      }
      const told = log.transactions.aborted(0, log.logEndOffset).map(({ producerId }) => producerId)
      expect(told).toEqual(how.flatMap((outcome, id) => (outcome === 'abort' ? [id] : [])))
      await log.close()
      const path = `${home.folder}/00000000000000000000.txnindex`
      if (home.disk.stat(path) === undefined) return
      const fd = home.disk.open(path, 'r+')
      const { size } = home.disk.fstat(fd)
      if (cut !== undefined) home.disk.truncate(fd, cut % size)
      // what stands for the version or breaks the order is found; a whole entry that is gone, or a number that may be true, is not
      else home.disk.write(fd, Buffer.from([byte]), 0, 1, (at % Math.ceil(size / 34)) * 34)
      home.disk.close(fd)
      const again = home.open({ isClean: true, recoveryPoint: 2 * how.length })
      const found = again.transactions.aborted(0, again.logEndOffset).map(({ producerId }) => producerId)
      const isUnseen = cut !== undefined && (cut % size) % 34 === 0
      expect(found).toEqual(isUnseen ? told.slice(0, (cut % size) / 34) : told)
    }),
  )
})
