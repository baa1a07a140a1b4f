/** What the system itself takes for carrying bytes from a file in the page cache to a reader on the same machine: the least that a broker in Node can cost. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from '../../support/child.ts'
import { cpuSeconds } from '../process.ts'

const megabyte = 1024 * 1024

const fill = (path: string, bytes: number): void => {
  const line = Buffer.alloc(megabyte, 'a record of a hundred bytes or so ')
  const fd = openSync(path, 'w')
  for (let left = bytes; left > 0; left -= line.length) writeSync(fd, line, 0, Math.min(left, line.length))
  closeSync(fd)
}

/** Asks for one answer after another, each once the one before has come whole. Resolves when there are no more. */
const readAll = (port: number, bytesEach: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const buffer = Buffer.alloc(megabyte)
    let left = bytesEach
    const callback = (count: number): boolean => {
      left -= count
      if (left > 0) return true
      left = bytesEach
      socket.write('n')
      return true
    }
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
    socket.on('connect', () => socket.write('n'))
    socket.on('end', resolve)
    socket.on('error', reject)
  })

/** CPU seconds of a process that sends `bytes` once, in answers of `bytesEach`, of which `bytes` is made a multiple. */
export const bareCopy = async (bytes: number, bytesEach: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const path = join(folder, 'bytes')
    fill(path, Math.ceil(bytes / bytesEach) * bytesEach)
    await using sender = new Child(process.execPath, [
      join(import.meta.dirname, 'bare-sender.ts'),
      path,
      `${bytesEach}`,
    ])
    const [, port] = await sender.printed(/port (\d+)/)
    const pid = sender.process.pid ?? 0
    const before = cpuSeconds(pid)
    await readAll(Number(port), bytesEach)
    return cpuSeconds(pid) - before
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
