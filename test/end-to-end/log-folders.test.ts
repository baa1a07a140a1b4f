/** kafka-server-start.sh and kafka-server-stop.sh where one of several log folders cannot be used, or none can. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { tool } from '../support/tool.ts'
import { root } from '../tidy/tree.ts'

let folder: ReturnType<typeof temporaryFolder>
let port = 0

beforeEach(async () => {
  folder = temporaryFolder()
  port = await freePort()
  // no folder can be made below a file
  writeFileSync(join(folder.path, 'file'), '')
})
afterEach(() => folder[Symbol.dispose]())

const configured = (...logDirs: readonly string[]): void =>
  writeFileSync(
    join(folder.path, 'server.properties'),
    `broker.id=0\nlisteners=PLAINTEXT://127.0.0.1:${port}\nlog.dirs=${logDirs.map((dir) => join(folder.path, dir)).join(',')}\n`,
  )

const command = (name: string): Child => new Child(join(root, 'bin', name), ['server.properties'], { cwd: folder.path })

it('the broker serves from the others, says which one it is, and can be stopped', async () => {
  configured('file/a', 'b')
  await using server = command('kafka-server-start.sh')
  await server.printed(/started \(kafka\.server\.KafkaServer\)/)
  expect(server.output).toMatch(/ERROR \S+file\/a cannot be used, and its partitions are offline/)
  const at = ['--bootstrap-server', `127.0.0.1:${port}`]
  expect((await tool('kafka-topics', [...at, '--create', '--topic', 't'])).out).toBe('Created topic t.\n')
  const { out } = await tool('kafka-log-dirs', [...at, '--describe'])
  expect(out).toContain('"partition":"t-0"')
  expect(out).toMatch(/"error":"[^"]+","logDir":"[^"]+file\/a"/)
  await using stop = command('kafka-server-stop.sh')
  expect(await stop.exited).toBe(0)
  expect(await server.exited).toBe(0)
})

it('without any there is no broker, and it says why', async () => {
  configured('file/a', 'file/b')
  await using server = command('kafka-server-start.sh')
  expect(await server.exited).toBe(1)
  expect(server.output).toMatch(/ERROR .*None of the log folders \S+file\/a, \S+file\/b can be used: ENOTDIR/)
})
