/** What somebody or a bad disk does to the files of a stopped broker: small files are gone, and indexes hold a byte that is not theirs. All of it can be made again from the records. */
import type { FakeDisk } from '../fakes/disk.ts'
import type { SeededRandom } from '../fakes/random.ts'

const index = /\.(index|timeindex|txnindex)$/
/** Where a log begins is said nowhere else. */
const losable =
  /(\.(index|timeindex|txnindex|snapshot)|(recovery-point-offset|replication-offset|leader-epoch)-checkpoint)$/

/** Damages some of the files in these folders. */
export const damage = (disk: FakeDisk, random: SeededRandom, folders: readonly string[]): void => {
  for (const folder of folders.filter((path) => disk.stat(path) !== undefined))
    for (const name of disk.list(folder).filter((each) => losable.test(each))) {
      const [path, dice] = [`${folder}/${name}`, random.next()]
      if (dice < 0.25) disk.remove(path)
      else if (dice < 0.5 && index.test(name)) alter(disk, random, path)
    }
}

const alter = (disk: FakeDisk, random: SeededRandom, path: string): void => {
  const bytes = Buffer.from(disk.bytes(path) ?? Buffer.alloc(0))
  if (bytes.length === 0) return
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 + random.below(255))
  disk.remove(path)
  disk.plant(path, bytes)
}
