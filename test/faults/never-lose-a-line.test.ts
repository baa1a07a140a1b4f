/** The commands of the example that is killed, as its README has them: what was answered is in the files in the end. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { read, root } from '../tidy/tree.ts'

const folderOf = 'examples/never-lose-a-line'
const properties = `${folderOf}/never-lose-a-line.properties`
const shippedPort = '44444'

/** A folder like a clone's; the agent file listens on another port. */
const clone = (folder: string, port: number): void => {
  for (const name of ['bin', 'conf']) symlinkSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'examples'))
  cpSync(join(root, folderOf), join(folder, folderOf), { recursive: true })
  writeFileSync(join(folder, properties), read(properties).replaceAll(shippedPort, String(port)))
}

const commands = (port: number): string =>
  [...read(`${folderOf}/README.md`).matchAll(/```bash\n([\s\S]*?)```/g)]
    .map(([, block = '']) => block)
    .join('')
    .replaceAll(shippedPort, String(port))

it('the example that is killed with -9 loses no line that was answered', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const port = await freePort()
  clone(path, port)
  const ofAnEarlierRun = join(path, 'data/lines/1-1')
  mkdirSync(dirname(ofAnEarlierRun), { recursive: true })
  writeFileSync(ofAnEarlierRun, '1\n2\n')
  // Should a command fail, the agent that is left in the background is stopped all the same.
  const script = `trap 'kill "$agent" 2>/dev/null || :' EXIT\n${commands(port)}`
  const shell = new Child('bash', ['-ec', script], { cwd: path })
  const log = (): string =>
    existsSync(join(path, 'data/agent.log')) ? readFileSync(join(path, 'data/agent.log'), 'utf8') : ''
  expect(await shell.exited, `${shell.output}${log()}`).toBe(0)
  const answered = Number(/^(\d+)$/m.exec(shell.output)?.[1])
  expect(answered).toBeGreaterThan(1000)
  expect(existsSync(ofAnEarlierRun)).toBe(false)
  expect(shell.output).toMatch(/^lost: 0, repeated: \d+$/m)
  expect(shell.output).toMatch(/^events held: \d+$/m)
  expect(log()).toMatch(/SIGTERM: the sources stop/)
})
