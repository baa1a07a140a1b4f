/** Folders that a channel cannot have: which, why, and what to do is said in words, and nothing stays open or locked. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { fileChannelBench, fileChannelOptions } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { FileChannel } from './file-channel.ts'

it.each([
  ['checkpointDir', 'a', ''],
  ['checkpointDir', 'a', '/below'],
  ['dataDirs', 'b', ''],
  ['dataDirs', 'b', '/below/that'],
])('%s where a file stands is named, with the setting: %s%s', async (setting, name, below) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-folders-'))
  try {
    writeFileSync(join(root, name), 'a file')
    const [checkpointFolder, dataFolder] = ['a', 'b'].map((one) => join(root, one) + (one === name ? below : ''))
    const folders = { checkpointFolder: checkpointFolder ?? '', dataFolders: [dataFolder ?? ''] }
    await expect(new FileChannel({ ...fileChannelOptions, ...folders }, fakeContext()).open()).rejects.toMatchObject({
      code: 'CHANNEL_FOLDER',
      message: `Channel x1 cannot use ${join(root, name)}${below}, of ${setting}: it, or a folder that it is to lie in, is a file`,
      hint: `Move that file away, or correct ${setting}.`,
      cause: { syscall: 'mkdir' },
    })
    const left = readdirSync(root, { recursive: true })
    expect(left.filter((one) => String(one).includes('in_use.lock'))).toEqual([])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

it.each([
  ['makeFolder', '/data', 'EACCES', 'dataDirs', /the user of this process .*may not/],
  ['open', '/checkpoint/in_use', 'EPERM', 'checkpointDir', /the user of this process .*may not/],
  ['open', '/data/in_use', 'EROFS', 'dataDirs', /its disk can only be read/],
  ['open', '/checkpoint/taken-1', 'EACCES', 'checkpointDir', /the user of this process .*may not/],
  ['makeFolder', '/checkpoint', 'ENOSPC', 'checkpointDir', /its disk is full/],
  ['write', '/checkpoint/taken-0', 'ENOSPC', 'checkpointDir', /its disk is full/],
  ['write', '/checkpoint/taken-0', 'EDQUOT', 'checkpointDir', /its disk is full/],
  ['sync', '/checkpoint/taken', 'EIO', 'checkpointDir', /EIO/],
] as const)(
  'a disk that refuses %s of %s with %s is told in words',
  async (operation, path, code, setting, problem) => {
    const { make, open, disk } = fileChannelBench()
    disk.fail(operation, code, { path })
    await expect(make().open()).rejects.toMatchObject({
      code: 'CHANNEL_FOLDER',
      message: expect.stringMatching(problem),
      details: { channel: 'x1', folder: `/${path.split('/')[1]}`, setting },
      cause: { code },
    })
    expect(disk.openFiles).toBe(0)
    const channel = await open()
    await channel.put(numbered(0, 3))
    expect(await takeAll(channel)).toEqual(['0', '1', '2'])
  },
)

it('a data folder that has become a file, or that cannot be looked into, is named as well', async () => {
  const { make, open, disk } = fileChannelBench()
  await (await open())[Symbol.asyncDispose]()
  disk.fail('list', 'EACCES', { path: '/data' })
  await expect(make().open()).rejects.toMatchObject({ code: 'CHANNEL_FOLDER', details: { folder: '/data' } })
  disk.remove('/data')
  disk.plant('/data', Buffer.from('a file'))
  await expect(make().open()).rejects.toMatchObject({ code: 'CHANNEL_FOLDER', details: { folder: '/data' } })
})
