/** Where in which file the source stands, and the position file that remembers it: Flume's form, with one entry. */
import { reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import type { DeliveredFile } from '../../src/formats/file-delivery.ts'
import { replaceFile } from '../../src/formats/json-file.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { formatPositions, parsePositions } from '../../src/formats/position-file.ts'
import type { Disk } from '../../src/io/disk.ts'

/** One file under the name: the next one, after a rotation, has a place of its own. */
export class Place implements DeliveredFile {
  readonly inode: number
  position: number
  delivered: number
  settled: number

  constructor(inode: number, position: number) {
    this.inode = inode
    this.position = position
    this.delivered = position
    this.settled = position
  }
}

/** What an earlier run stored for the file; undefined when there is nothing, or something broken, which is said. */
export const loadPlace = (disk: Disk, path: string, file: string, log: Log): Place | undefined => {
  const bytes = readWhole(disk, path)
  if (bytes === undefined) return undefined
  try {
    const entry = parsePositions(bytes.toString()).find((position) => position.file === file)
    return entry === undefined ? undefined : new Place(entry.inode, entry.pos)
  } catch (thrown) {
    disk.rename(path, `${path}.broken`)
    log.error(
      `Failed loading positionFile: ${path}: ${reasonOf(thrown)}. ${file} is read from its beginning, so events may repeat; ` +
        `the broken file is kept as ${path}.broken.`,
    )
    return new Place(-1, 0)
  }
}

/** Throws the disk's errors. */
export const savePlace = (disk: Disk, path: string, file: string, { inode, settled }: Place): void =>
  replaceFile(disk, path, formatPositions([{ inode, pos: settled, file }]))
