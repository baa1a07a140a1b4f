import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FakeDisk } from '../fakes/disk.ts'
import { FlumeChannelWriter } from '../fakes/flume-channel.ts'
import { realDisk } from '../../src/io/disk.ts'
import { join } from 'node:path'
import { bin, readTopic, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { Child, run } from '../support/child.ts'
import { freePort } from '../support/port.ts'

/** Written on a fake disk and copied to a real one. */
const writeFlumeChannel = (folder: string, events = 500): void => {
  const disk = new FakeDisk()
  const flume = new FlumeChannelWriter(disk)
  const log = flume.log(1)
  for (let i = 0; i < events; i++) log.put(1, `event ${i}`, { topic: 'elsewhere' })
  log.commit(1)
  flume.store('/data', 1, log)
  realDisk.makeFolder(join(folder, 'data'))
  for (const name of disk.list('/data')) {
    const fd = realDisk.open(join(folder, 'data', name), 'wx')
    const bytes = disk.bytes(`/data/${name}`) ?? Buffer.alloc(0)
    realDisk.write(fd, bytes, 0, bytes.length, null)
    realDisk.close(fd)
  }
}

it('`millrace channel export` brings what a Flume channel holds into a topic', async () => {
  using folder = temporaryFolder()
  writeFlumeChannel(folder.path)
  const port = await freePort()
  const broker = `127.0.0.1:${port}`
  await using _broker = await startBrokerProcess(writeServerProperties(join(folder.path, 'broker'), port))
  await run(bin('millrace'), ['channel', 'export', join(folder.path, 'data'), '--to', `topic://${broker}/events`])
  expect(await readTopic(broker, 'events')).toEqual(Array.from({ length: 500 }, (_, i) => `event ${i}`))
})

it.each([
  ['export', /^[\d,]+ events exported to stdout, which nobody reads any more\.\n$/],
  [
    'drain',
    /^(?:Channel drain: .*\n)?[\d,]+ events drained to stdout, which nobody reads any more; the others are still held\.\n$/,
  ],
])('`millrace channel %s` ends quietly when its reader has enough', async (action, said) => {
  using folder = temporaryFolder()
  writeFlumeChannel(folder.path, 30_000)
  const [checkpoint, data] = [join(folder.path, 'checkpoint'), join(folder.path, 'data')]
  realDisk.makeFolder(checkpoint)
  const command = `"$0" channel ${action} --checkpoint "$1" --data "$2" | head -n 2`
  const child = new Child('sh', ['-c', command, bin('millrace'), checkpoint, data])
  expect(await child.exited).toBe(0)
  expect(String(child.stdout)).toBe('event 0\nevent 1\n')
  expect(String(child.stderr)).toMatch(said)
})

it('`millrace channel drain` keeps what a full standard output does not take', async () => {
  using folder = temporaryFolder()
  writeFlumeChannel(folder.path, 3000)
  const [checkpoint, data, rest] = ['checkpoint', 'data', 'rest'].map((name) => join(folder.path, name))
  realDisk.makeFolder(String(checkpoint))
  const channel = ['--checkpoint', String(checkpoint), '--data', String(data)]
  const full = new Child('sh', ['-c', '"$0" channel drain "$@" > /dev/full', bin('millrace'), ...channel])
  expect(await full.exited).toBe(1)
  expect(String(full.stderr)).toContain('ENOSPC')
  await run(bin('millrace'), ['channel', 'drain', ...channel, '--to', String(rest)])
  const lines = readFileSync(String(rest), 'utf8').trimEnd().split('\n')
  expect(lines).toEqual(Array.from({ length: 3000 }, (_, i) => `event ${i}`))
})

it('`millrace channel export` into a file by the shell gives every event', async () => {
  using folder = temporaryFolder()
  writeFlumeChannel(folder.path, 3000)
  const out = join(folder.path, 'out')
  await run('sh', ['-c', '"$0" channel export "$1" > "$2"', bin('millrace'), join(folder.path, 'data'), out])
  expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(3000)
})
