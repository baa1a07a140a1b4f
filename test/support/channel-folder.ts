/** File channels in real folders, ours and Flume's, for the tools that look into them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FileChannel } from '../../channels/file/file-channel.ts'
import { eventOf, numbered } from '../conformance/events.ts'
import { fakeContext } from '../fakes/context.ts'
import { FlumeChannelWriter } from '../fakes/flume-channel.ts'

export const openChannel = (folder: string, fileBytesMax?: number): Promise<FileChannel> =>
  openFolders(join(folder, 'checkpoint'), [join(folder, 'data'), join(folder, 'data2')], fileBytesMax)

export const openFolders = async (
  checkpointFolder: string,
  dataFolders: readonly string[],
  fileBytesMax = 2000,
  requiredSpaceBytes = 0,
): Promise<FileChannel> => {
  const channel = new FileChannel(
    {
      name: 'c1',
      capacity: 1000,
      transactionCapacity: 100,
      keepAliveMs: 0,
      checkpointFolder,
      dataFolders,
      fileBytesMax,
      requiredSpaceBytes,
      syncEveryMs: undefined,
      memoryBytesMax: 10_000,
    },
    fakeContext(),
  )
  await channel.open()
  return channel
}

/** One that holds the numbers from 20 to 99, the oldest with a timestamp. */
export const fill = async (folder: string, fileBytesMax?: number): Promise<FileChannel> => {
  const channel = await openChannel(folder, fileBytesMax)
  await channel.put(numbered(0, 20))
  await channel.put([eventOf('20', { timestamp: '1700000000000', host: 'größe' }), ...numbered(21, 100).slice(0, 30)])
  await channel.put(numbered(51, 100))
  await using take = await channel.take(20, new AbortController().signal)
  await take.commit()
  return channel
}

export const written = async (folder: string): Promise<void> => (await fill(folder))[Symbol.asyncDispose]()

export const writtenByFlume = (folder: string): void => {
  const plant = (path: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  const flume = new FlumeChannelWriter({ plant })
  const log = flume.log(1)
  for (const body of ['one', 'two', 'three']) log.put(1, body, { k: 'v' })
  log.commit(1)
  log.put(2, 'never committed')
  flume.store('/data', 1, log)
  flume.checkpoint({ writeOrderId: 5, incomplete: true })
}

export const damage = (path: string, text: string): void => {
  const bytes = readFileSync(path)
  bytes.fill(0xff, bytes.indexOf(text), bytes.indexOf(text) + 1)
  writeFileSync(path, bytes)
}

export const firstDataFile = (folder: string): string => {
  const name = readdirSync(join(folder, 'data2')).find((one) => one.endsWith('.data'))
  return join(folder, 'data2', name ?? '')
}
