/** What a journal knows to be held, against what the data files may have. */
import type { Disk } from '../../src/io/disk.ts'
import type { ChannelFolders } from './channel-signs.ts'
import { Ordinals } from './ordinals.ts'
import { StoppedChannel } from './stopped-channel.ts'

/**
 * How many events the journal knows of that were put and not taken, and that no file can have. Damage in a file is not counted; nor is a gap that lies behind
 * what the journal knows of, as a put that was refused leaves one. Reads every record. Throws CHANNEL_MIXED and system errors.
 */
export const eventsWithoutFile = (disk: Disk, folders: ChannelFolders): number => {
  const { files, journal } = new StoppedChannel(disk, folders).look()
  if (journal === undefined) return 0
  const covered = new Ordinals(
    files.map(({ firstOrdinal, endOrdinal, damaged, sizeInBytes }, i) => {
      const last = damaged.at(-1)
      const isEndDamaged = last !== undefined && last.position + last.length >= sizeInBytes
      return { from: firstOrdinal, to: isEndDamaged ? (files[i + 1]?.firstOrdinal ?? journal.end) : endOrdinal }
    }),
  )
  const owed = journal.taken.missing({ from: 0, to: journal.end }).flatMap((range) => covered.missing(range))
  return owed.reduce((sum, { from, to }) => sum + (to - from), 0)
}
