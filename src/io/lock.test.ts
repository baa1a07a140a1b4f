import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { realDisk } from './disk.ts'
import { takeLock } from './lock.ts'
import { realProcesses, type Processes } from './processes.ts'

/** A machine whose processes the test starts and ends. */
const machine = () => {
  const alive = new Map<number, string>()
  const kernelLocks = new Map<number, number>()
  const as = (pid: number, start = `boot:${pid}`, threadId = 0): Processes => {
    alive.set(pid, start)
    return { pid, threadId, startOf: (of) => alive.get(of), kernelLockHolder: (_path, inode) => kernelLocks.get(inode) }
  }
  return { alive, kernelLocks, as }
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('a second process is refused and told who has it, until the first releases', () => {
  const disk = new FakeDisk()
  const { as } = machine()
  const first = takeLock('/.lock', { disk, processes: as(10) })
  expect(() => takeLock('/.lock', { disk, processes: as(11) })).toThrow('/.lock is in use by process 10')
  expect(() => takeLock('/.lock', { disk, processes: as(10) })).toThrow('in use by process 10')
  first[Symbol.dispose]()
  takeLock('/.lock', { disk, processes: as(11) })
  first[Symbol.dispose]()
  expect(() => takeLock('/.lock', { disk, processes: as(12) })).toThrow('in use by process 11')
})

test('the lock of a killed process is taken over, also when its number was given to another', () => {
  const disk = new FakeDisk()
  const { alive, as } = machine()
  takeLock('/.lock', { disk, processes: as(10) })
  alive.delete(10)
  takeLock('/.lock', { disk, processes: as(11) })
  expect(() => takeLock('/.lock', { disk, processes: as(10, 'later') })).toThrow('in use by process 11')
  alive.set(11, 'later too')
  takeLock('/.lock', { disk, processes: as(10, 'later') })
  expect(disk.list('/')).toEqual(['.lock'])
})

test('on a disk that takes a part of the line and then is full there is no lock, and no file', () => {
  const { as } = machine()
  const disk = new FakeDisk({ capacityBytes: 20 })
  expect(() => takeLock('/.lock', { disk, processes: as(10) })).toThrow('ENOSPC')
  expect(disk.list('/')).toEqual([])
})

test('a disk that writes short holds the whole line', () => {
  const { as } = machine()
  const disk = new FakeDisk({ shortWrites: 0.9 })
  takeLock('/.lock', { disk, processes: as(10) })
  expect(() => takeLock('/.lock', { disk, processes: as(11) })).toThrow('in use by process 10')
})

test('a thread that died in this process does not block its successor', () => {
  const disk = new FakeDisk()
  const { as } = machine()
  takeLock('/.lock', { disk, processes: as(10, 'a', 3) })
  expect(() => takeLock('/.lock', { disk, processes: as(10, 'a', 4) })).toThrow('in use by process 10')
  takeLock('/.lock', { disk, processes: as(10, 'a', 4), deadThreads: [3] })
})

test('an empty lock file of Kafka is free without a kernel lock on it, and respected with one', () => {
  const disk = new FakeDisk()
  const { kernelLocks, as } = machine()
  disk.plant('/.lock', Buffer.alloc(0))
  kernelLocks.set(disk.stat('/.lock')?.inode ?? 0, 77)
  expect(() => takeLock('/.lock', { disk, processes: as(10) })).toThrow('in use by process 77')
  kernelLocks.clear()
  takeLock('/.lock', { disk, processes: as(10) })
})

test('a lock that another process takes between the look and the clearing is put back', () => {
  const disk = new FakeDisk()
  const { alive, as } = machine()
  takeLock('/.lock', { disk, processes: as(10) })
  alive.delete(10)
  const rename = disk.rename.bind(disk)
  disk.rename = (from, to) => {
    disk.rename = rename
    takeLock('/.lock', { disk, processes: as(11) })
    rename(from, to)
  }
  expect(() => takeLock('/.lock', { disk, processes: as(12) })).toThrow('in use by process 11')
  expect(() => takeLock('/.lock', { disk, processes: as(13) })).toThrow('in use by process 11')
})

test('a lock seen while it is still empty does not get two owners', () => {
  const disk = new FakeDisk()
  const { as } = machine()
  const write = disk.write.bind(disk)
  disk.write = (...given) => {
    disk.write = write
    takeLock('/.lock', { disk, processes: as(11) })
    return write(...given)
  }
  expect(() => takeLock('/.lock', { disk, processes: as(10) })).toThrow('in use by process 11')
})

test('a full disk refuses and leaves nothing behind', () => {
  const disk = new FakeDisk({ capacityBytes: 0 })
  expect(() => takeLock('/.lock', { disk, processes: machine().as(10) })).toThrow('ENOSPC')
  expect(disk.list('/')).toEqual([])
})

test('a disk without a byte left: the lock is held by a name, as well as by a line', () => {
  const disk = new FakeDisk({ capacityBytes: 0 })
  const { as, alive } = machine()
  const take = (pid: number): Disposable => takeLock('/.lock', { disk, processes: as(pid), mayHoldByName: true })
  const first = take(10)
  expect(() => take(11)).toThrow('in use by process 10')
  expect(() => take(10)).toThrow('in use by process 10')
  disk.capacityBytes = Infinity
  expect(() => takeLock('/.lock', { disk, processes: as(11) })).toThrow('in use by process 10')
  disk.capacityBytes = 0
  first[Symbol.dispose]()
  expect(disk.list('/')).toEqual([])
  take(12)
  alive.delete(12)
  const next = take(13)
  expect(() => take(14)).toThrow('in use by process 13')
  next[Symbol.dispose]()
  first[Symbol.dispose]()
  expect(disk.list('/')).toEqual([])
})

test('a disk that fills up within the line', () => {
  const disk = new FakeDisk({ capacityBytes: 20 })
  const { as } = machine()
  const first = takeLock('/.lock', { disk, processes: as(10), mayHoldByName: true })
  expect(() => takeLock('/.lock', { disk, processes: as(11) })).toThrow('in use by process 10')
  first[Symbol.dispose]()
  expect(disk.list('/')).toEqual([])
})

test.each(['open', 'write', 'fstat', 'close', 'list', 'stat', 'rename', 'unlink', 'remove'] as const)(
  'a second process that comes at any %s of the first on a full disk does not become a second owner',
  (call) => {
    for (let at = 1; at <= 24; at++) {
      const disk = new FakeDisk({ capacityBytes: 0 })
      // Every second time an owner that was killed has left its lock.
      if (at % 2 === 0) disk.plant('/.lock', Buffer.alloc(0))
      const { as } = machine()
      const owners: number[] = []
      const take = (pid: number): void => {
        try {
          takeLock('/.lock', { disk, processes: as(pid), mayHoldByName: true })
          owners.push(pid)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'FOLDER_LOCKED' })
        }
      }
      const usual = disk[call].bind(disk) as (...given: unknown[]) => unknown
      let calls = 0
      const watched = (...given: unknown[]): unknown => {
        if (++calls === Math.ceil(at / 2)) take(11)
        return usual(...given)
      }
      Object.assign(disk, { [call]: watched })
      take(10)
      expect(owners.length, `${call} ${at}`).toBe(1)
    }
  },
)

const holderProgram = (path: string): string => `
  import { realDisk } from ${JSON.stringify(join(import.meta.dirname, 'disk.ts'))}
  import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
  takeLock(${JSON.stringify(path)}, { disk: realDisk })
  process.stdout.write('held')
  setInterval(() => {}, 1e6)`

test('a real second process is refused, and its lock is taken over once it was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'))
  folders.push(folder)
  const path = join(folder, '.lock')
  const child = spawn(process.execPath, ['--input-type=module', '-e', holderProgram(path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => takeLock(path, { disk: realDisk })).toThrow(`in use by process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  takeLock(path, { disk: realDisk })[Symbol.dispose]()
  expect(realDisk.list(folder)).toEqual([])
})

const hasFlock = process.platform === 'linux' && spawnSync('flock', ['--version']).status === 0

test.runIf(hasFlock)('a kernel lock is found by inode and name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'))
  folders.push(folder)
  const path = join(folder, '.lock')
  const fd = openSync(path, 'w')
  // the shell's descriptor 3 is locked by util-linux, and stays so until the shell ends
  const child = spawn('sh', ['-c', 'flock 3 && echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit', fd] })
  const [input, output] = [child.stdin, child.stdout]
  if (input === null || output === null) throw new Error('The shell has no pipes')
  await once(output, 'data')
  expect(() => takeLock(path, { disk: realDisk })).toThrow(/in use by process \d+/)
  input.end()
  await once(child, 'exit')
  closeSync(fd)
  expect(realProcesses.kernelLockHolder(path, realDisk.stat(path)?.inode ?? 0)).toBeUndefined()
})
