/**
 * Flume's own tracker, `.flumespool-main.meta`: an Avro object container whose metadata names the file (`file`) and whose last record holds the
 * byte offset up to which it was committed. Read once, so that a file that Flume had begun is gone on with.
 */
import type { Log } from '../../src/base/log.ts'
import { reasonOf } from '../../src/base/faults.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import type { Disk } from '../../src/io/disk.ts'

export const flumeMetaName = '.flumespool-main.meta'

export interface FlumePosition {
  readonly file: string
  readonly offset: number
}

/** Undefined when there is none, or when it cannot be read, which is said. */
export const readFlumeMeta = async (disk: Disk, path: string, log: Log): Promise<FlumePosition | undefined> => {
  const bytes = readWhole(disk, path)
  if (bytes === undefined || bytes.length === 0) return undefined
  try {
    return await decoded(bytes)
  } catch (thrown) {
    log.warn(
      `Flume's tracker ${path} can't be read: ${reasonOf(thrown)}. The file it names is read from its beginning.`,
    )
    return undefined
  }
}

const decoded = async (bytes: Buffer): Promise<FlumePosition | undefined> => {
  const { default: avro } = await import('avsc')
  return new Promise((resolve, reject) => {
    let file: string | undefined
    let offset = 0
    const decoder = new avro.streams.BlockDecoder()
    decoder.on('metadata', (_type, _codec, header: { readonly meta?: { readonly file?: Buffer } }) => {
      file = header.meta?.file?.toString()
    })
    decoder.on('data', (record: { readonly offset?: unknown }) => {
      if (typeof record.offset === 'number') offset = record.offset
    })
    decoder.on('error', reject)
    decoder.on('end', () => resolve(file === undefined ? undefined : { file, offset }))
    decoder.end(bytes)
  })
}
