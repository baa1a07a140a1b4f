import { expect, it } from 'vitest'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { DataFile } from './data-file.ts'
import { Quarantine } from './quarantine.ts'

/** A data file of 1,000 bytes behind its header, all of them damaged. */
const damaged = (disk: FakeDisk): { readonly lines: () => readonly string[]; readonly files: () => string[] } => {
  const { log } = fakeContext({ disk })
  disk.makeFolder('/data')
  const file = DataFile.create(disk, '/data', { channel: 1, id: 1, firstOrdinal: 0 })
  file.append(Buffer.alloc(1000, 'x'))
  const quarantine = new Quarantine(disk, log)
  return {
    lines: () => {
      quarantine.events(file, 32, 1000, 0, 5)
      return log.of('error')
    },
    files: () => disk.list('/data').filter((name) => name.endsWith('.damaged')),
  }
}

it('keeps all of what is damaged on a disk that writes short', () => {
  const disk = new FakeDisk({ shortWrites: 0.9 })
  const { lines, files } = damaged(disk)
  expect(lines()).toEqual([expect.stringContaining('The bytes are kept in /data/events-0000000001.data.32.damaged.')])
  expect(files().map((name) => disk.bytes(`/data/${name}`)?.length)).toEqual([1000])
})

/** The number of a data file begins anew once the channel was emptied. */
it('never writes over what it has kept before, in a place or as a whole file', () => {
  const disk = new FakeDisk()
  disk.makeFolder('/data')
  const quarantine = new Quarantine(disk, fakeContext({ disk }).log)
  for (const body of ['first', 'other', 'third']) {
    const file = DataFile.create(disk, '/data', { channel: 1, id: 1, firstOrdinal: 0 })
    file.append(Buffer.from(body))
    quarantine.events(file, 32, 5, 0, 1)
    disk.plant(file.path, Buffer.from(`whole ${body}`))
    quarantine.file(file.path, false)
  }
  const kept = disk.list('/data').filter((name) => name.endsWith('.damaged'))
  expect(Object.fromEntries(kept.map((name) => [name, String(disk.bytes(`/data/${name}`))]))).toEqual({
    'events-0000000001.data.32.damaged': 'first',
    'events-0000000001.data.32-2.damaged': 'other',
    'events-0000000001.data.32-3.damaged': 'third',
    'events-0000000001.data.damaged': 'whole first',
    'events-0000000001.data-2.damaged': 'whole other',
    'events-0000000001.data-3.damaged': 'whole third',
  })
})

it('keeps a place once, however often it is found', () => {
  const disk = new FakeDisk()
  const { lines, files } = damaged(disk)
  lines()
  expect(lines()).toEqual([expect.stringContaining('.data.32.damaged.'), expect.stringContaining('.data.32.damaged.')])
  expect(files()).toEqual(['events-0000000001.data.32.damaged'])
})

it('on a disk that fills up in the middle says nothing of a copy, and leaves none', () => {
  const disk = new FakeDisk()
  const { lines, files } = damaged(disk)
  disk.capacityBytes = 1500
  expect(lines()).toEqual([expect.stringMatching(/damaged at 32: 5 events are lost\.$/)])
  expect(files()).toEqual([])
})
