import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { temporaryFolder } from '../../../test/support/agent.ts'
import { refuseLiveFlume } from './folders.ts'

const flume = 'java\0-cp\0/opt/flume/lib/*\0org.apache.flume.node.Application\0-n\0a1\0'

/** Folders as under /proc: the file that a process has open, `hidden` where they are not to be seen. */
const bench = () => {
  const { path: proc, [Symbol.dispose]: remove } = temporaryFolder()
  onTestFinished(remove)
  const disk = new FakeDisk()
  disk.plant('/data/log-1', Buffer.from('x'))
  return {
    disk,
    runs: (pid: number, commandLine: string, open: string): void => {
      const folder = join(proc, String(pid))
      mkdirSync(folder)
      writeFileSync(join(folder, 'cmdline'), commandLine)
      // Reading it fails as with that of another user, for root too.
      if (open === 'hidden') return writeFileSync(join(folder, 'fd'), '')
      mkdirSync(join(folder, 'fd'))
      symlinkSync(open, join(folder, 'fd', '3'))
    },
    refuse: (folder = '/data') => refuseLiveFlume(disk, [folder], proc),
  }
}

describe('folders on which a Flume may run', () => {
  it('are refused where a process has a log file open', () => {
    const { runs, refuse } = bench()
    runs(71, flume, '/data/log-1')
    expect(() => refuse()).toThrow('/data is in use by process 71')
  })

  it('are refused where a Flume of another user does not show what it has open', () => {
    const { runs, refuse } = bench()
    runs(71, 'sshd: somebody', 'hidden')
    runs(72, flume, 'hidden')
    expect(() => refuse()).toThrow(/^\/data is in use by process 72\b.*another user/)
  })

  it('are free where every Flume shows other files, and others show nothing', () => {
    const { runs, refuse } = bench()
    runs(71, 'sshd: somebody', 'hidden')
    runs(72, flume, '/other/log-1')
    expect(refuse()).toBeUndefined()
  })

  it('are free where Flume has no files in them', () => {
    const { disk, runs, refuse } = bench()
    disk.makeFolder('/fresh')
    runs(72, flume, 'hidden')
    expect(refuse('/fresh')).toBeUndefined()
  })
})
