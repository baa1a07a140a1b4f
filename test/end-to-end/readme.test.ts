import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { numberedLines } from '../support/lines.ts'
import { freePort } from '../support/port.ts'
import { tool } from '../support/tool.ts'
import { read, root } from '../tidy/tree.ts'

/** The `sh` block that follows a heading of the README, its port exchanged for a free one. */
const block = (heading: string, port: number): string => {
  const section = read('README.md').split(`## ${heading}\n`)[1] ?? ''
  const commands = /```sh\n([\s\S]*?)```/.exec(section)?.[1]
  if (commands === undefined) throw new Error(`README.md has no commands under ${heading}`)
  return commands.replaceAll('9092', String(port))
}

/** A folder like a clone's: the launchers, and conf/ with the port exchanged. */
const clone = (folder: string, port: number): void => {
  symlinkSync(join(root, 'bin'), join(folder, 'bin'))
  cpSync(join(root, 'conf'), join(folder, 'conf'), { recursive: true })
  const server = join(folder, 'conf', 'server.properties')
  writeFileSync(server, readFileSync(server, 'utf8').replaceAll('9092', String(port)))
  mkdirSync(join(folder, 'data'))
}

/** A broker that the script left running, because a command failed, is stopped at its end. */
const shell = (script: string, cwd: string): Child =>
  new Child('/bin/sh', ['-ec', `trap 'bin/kafka-server-stop.sh >/dev/null 2>&1 || :' EXIT\n${script}`], { cwd })

describe("the README's commands", () => {
  it('run a broker and use it', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    clone(folder.path, port)
    // Should a command fail, the broker that the first one left in the background is stopped all the same.
    const script = `trap 'bin/kafka-server-stop.sh || true' EXIT\n${block('The broker', port)}`
    const child = shell(script, folder.path)
    expect(await child.exited, child.output).toBe(0)
    expect(child.output).toContain('Created topic numbers.')
    expect(child.output).toContain('Processed a total of 3 messages')
    const counts = [...child.output.matchAll(/^numbers:\d+:(\d+)$/gm)].map((match) => Number(match[1]))
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(100)
  })

  it('check an agent file and run it', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    clone(folder.path, port)
    writeFileSync(join(folder.path, 'access.log'), numberedLines(0, 100))
    const file = join(folder.path, 'conf', 'weblog.properties')
    const properties = readFileSync(file, 'utf8').replaceAll('9092', String(port))
    writeFileSync(file, properties.replace('/var/log/httpd/', `${folder.path}/`))
    await using _broker = await startBrokerProcess(writeServerProperties(folder.path, port))

    const [agent = '', ...before] = block('Your own Flume file', port).trimEnd().split('\n').toReversed()
    const script = [...before.toReversed(), `exec ${agent}`].join('\n')
    await using child = new Child('/bin/sh', ['-ec', script], { cwd: folder.path })
    await child.printed(/can start[\s\S]* \(main\) \[INFO - /)
    const from = ['--bootstrap-server', `127.0.0.1:${port}`, '--topic', 'httpd', '--from-beginning']
    const { out } = await tool('kafka-console-consumer', [...from, '--max-messages', '100'])
    expect(out).toBe(numberedLines(0, 100))
    expect(await child.stop('SIGINT')).toBe(130)
    expect(child.output).toContain('Events in 100, out 100, dropped 0, held 0')
  })
})
