import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../tidy/tree.ts'

it.each([
  ['bench', 'test/bench/main.ts'],
  ['bench:channels', 'test/bench/channels/main.ts'],
  ['bench:flume', 'test/bench/channels/flume.ts'],
  ['bench:kafka', 'test/bench/kafka/main.ts'],
  ['bench:scale', 'test/bench/kafka/scale.ts'],
  ['simulate', 'test/simulation/simulate.ts'],
])('npm run %s says its usage, asked for or not', (name, file) => {
  const run = (option: string) => spawnSync(process.execPath, [join(root, file), option], { encoding: 'utf8' })
  const usage = new RegExp(`^Usage: npm run ${name} -- .*\\n$`)
  const [asked, wrong] = [run('--help'), run('--nosuch')]
  expect(asked).toMatchObject({ status: 0, stdout: expect.stringMatching(usage), stderr: '' })
  expect(wrong).toMatchObject({ status: 1, stdout: '' })
  expect(wrong.stderr).toMatch(/^Unknown option '--nosuch'.*\nUsage: npm run .*\n$/)
})
