import { join } from 'node:path'
import { expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { temporaryFolder } from '../../../test/support/agent.ts'
import { openFolders, written } from '../../../test/support/channel-folder.ts'
import { runCli } from '../../../test/support/cli.ts'

it('puts that were refused do not pass for events that were taken', async () => {
  using folder = temporaryFolder()
  await written(folder.path)
  const [checkpoint, data] = [join(folder.path, 'checkpoint'), [join(folder.path, 'data'), join(folder.path, 'data2')]]
  {
    await using full = await openFolders(checkpoint, data, 2000, Number.MAX_SAFE_INTEGER)
    await expect(full.put(numbered(100, 110))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
  }
  const { out } = await runCli('channel', 'inspect', folder.path)
  expect(out).toMatch(/^events held: 80$/m)
  expect(out).toMatch(/^taken, refused or lost: 30 ordinals in 2 ranges, generation \d+$/m)
  const { journal } = JSON.parse((await runCli('channel', 'inspect', folder.path, '--json')).out).millrace
  expect(journal).toMatchObject({ takenRefusedOrLost: 30, ranges: 2 })
})
